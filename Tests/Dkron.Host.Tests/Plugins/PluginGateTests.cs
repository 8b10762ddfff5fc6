using Dkron.Host.Plugins;
using Dkron.Host.Processing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Plugins;

public sealed class PluginGateTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CollectingLog _log = new();
    private readonly PluginGate _gate;

    public PluginGateTests()
    {
        _gate = new PluginGate("gated", 2, _time, _log);
        _gate.Reset(1);
    }

    public void Dispose() => _log.Dispose();

    [Fact]
    public void A_call_over_the_limit_waits_and_is_resumed_when_another_ends()
    {
        Enter().Should().Be(CallEntry.Open);
        Enter().Should().Be(CallEntry.Open);
        Enter().Should().Be(CallEntry.Full);
        var resumed = 0;
        _gate.Park(() => resumed++).Should().BeTrue();

        _gate.Exit(1, CallVerdict.Worked);

        resumed.Should().Be(1);
        _gate.Park(() => { }).Should().BeFalse("there is room");
        Enter().Should().Be(CallEntry.Open);
    }

    [Fact]
    public void Three_abandoned_calls_pause_it_and_one_call_tries_it_after_a_while()
    {
        Fail(3, CallVerdict.Abandoned);

        _gate.TryEnter(out var refusal).Should().Be(CallEntry.Refused);
        refusal.Should().Be("plugin 'gated' is paused: 3 calls did not end in their time and were abandoned; it is tried again in 5 s");
        _time.Advance(TimeSpan.FromSeconds(5));
        Enter().Should().Be(CallEntry.Open);
        Enter().Should().Be(CallEntry.Refused);
        _gate.Exit(1, CallVerdict.Worked);
        _gate.Paused.Should().BeNull();
        Enter().Should().Be(CallEntry.Open);
    }

    [Fact]
    public void Each_trial_that_fails_doubles_the_pause_and_the_log_does_not_flood()
    {
        Fail(3, CallVerdict.Abandoned);
        foreach (var seconds in (int[])[5, 10, 20, 40, 80, 160, 300, 300])
        {
            _time.Advance(TimeSpan.FromSeconds(seconds - 1));
            Enter().Should().Be(CallEntry.Refused);
            _time.Advance(TimeSpan.FromSeconds(1));
            Enter().Should().Be(CallEntry.Open);
            _gate.Exit(1, CallVerdict.Abandoned);
        }

        _log.Entries.Count(entry => entry.Level >= LogLevel.Information).Should().Be(1);
    }

    [Fact]
    public void A_call_that_works_in_between_keeps_it_open_and_another_version_opens_it_at_once()
    {
        Fail(2, CallVerdict.Abandoned);
        Enter();
        _gate.Exit(1, CallVerdict.Worked);
        Fail(2, CallVerdict.Abandoned);
        _gate.Paused.Should().BeNull();
        Fail(1, CallVerdict.Abandoned);
        _gate.Paused.Should().NotBeNull();

        _gate.Reset(2);

        _gate.Paused.Should().BeNull();
        Enter().Should().Be(CallEntry.Open);
        _gate.Exit(1, CallVerdict.Abandoned);
        Fail(9, CallVerdict.Faulted, generation: 2);
        _gate.Paused.Should().BeNull("nine faults are not ten, and those of the version before do not count");
    }

    [Fact]
    public void What_waits_is_told_when_it_is_paused()
    {
        Enter();
        Enter();
        var resumed = 0;
        _gate.Park(() => resumed++).Should().BeTrue();
        _gate.Exit(1, CallVerdict.Abandoned);
        Enter();
        _gate.Park(() => resumed++).Should().BeTrue();
        _gate.Park(() => resumed++).Should().BeTrue();
        _gate.Exit(1, CallVerdict.Abandoned);
        Enter();

        _gate.Exit(1, CallVerdict.Abandoned);

        resumed.Should().Be(3);
        Enter().Should().Be(CallEntry.Refused);
    }

    private CallEntry Enter() => _gate.TryEnter(out _);

    private void Fail(int times, CallVerdict verdict, int generation = 1)
    {
        for (var i = 0; i < times; i++)
        {
            Enter().Should().Be(CallEntry.Open);
            _gate.Exit(generation, verdict);
        }
    }
}
