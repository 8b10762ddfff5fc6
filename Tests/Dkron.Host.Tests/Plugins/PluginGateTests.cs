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
        _gate.Park(1, () => resumed++).Should().BeTrue();

        _gate.Exit(1, CallVerdict.Worked);

        resumed.Should().Be(1);
        _gate.Park(1, () => { }).Should().BeFalse("there is room");
        Enter().Should().Be(CallEntry.Open);
    }

    [Fact]
    public void Three_abandoned_calls_pause_it_and_one_call_tries_it_after_a_while()
    {
        Fail(3, CallVerdict.Abandoned);

        _gate.TryEnter(1, 0, out var refusal).Should().Be(CallEntry.Refused);
        refusal.Should().Be("plugin 'gated' is paused: 3 calls did not end in their time and were abandoned; it is tried again in 5 s");
        _time.Advance(TimeSpan.FromSeconds(5));
        Enter().Should().Be(CallEntry.Open);
        Enter().Should().Be(CallEntry.Refused);
        _gate.Exit(1, CallVerdict.Worked);
        _gate.WhyClosed(0).Should().BeNull();
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
        _gate.WhyClosed(0).Should().BeNull();
        Fail(1, CallVerdict.Abandoned);
        _gate.WhyClosed(0).Should().NotBeNull();

        _gate.Reset(2);

        _gate.WhyClosed(0).Should().BeNull();
        Enter().Should().Be(CallEntry.Open);
        _gate.Exit(1, CallVerdict.Abandoned);
        Fail(9, CallVerdict.Faulted, generation: 2);
        _gate.WhyClosed(0).Should().BeNull("nine faults are not ten, and those of the version before do not count");
    }

    [Fact]
    public void What_waits_is_told_when_it_is_paused()
    {
        Enter();
        Enter();
        var resumed = 0;
        _gate.Park(1, () => resumed++).Should().BeTrue();
        _gate.Exit(1, CallVerdict.Abandoned);
        Enter();
        _gate.Park(1, () => resumed++).Should().BeTrue();
        _gate.Park(1, () => resumed++).Should().BeTrue();
        _gate.Exit(1, CallVerdict.Abandoned);
        Enter();

        _gate.Exit(1, CallVerdict.Abandoned);

        resumed.Should().Be(3);
        Enter().Should().Be(CallEntry.Refused);
    }

    [Fact]
    public void What_waits_is_told_when_too_many_abandoned_calls_of_its_version_still_run()
    {
        Enter();
        Enter();
        var entries = new List<CallEntry>();
        for (var i = 0; i < 3; i++)
        {
            _gate.Park(1, () => entries.Add(_gate.TryEnter(1, 3, out _))).Should().BeTrue();
        }

        _gate.Exit(1, CallVerdict.Abandoned);

        entries.Should().Equal(CallEntry.Refused, CallEntry.Refused, CallEntry.Refused);
    }

    [Fact]
    public void A_version_is_not_called_any_more_when_too_many_of_its_abandoned_calls_still_run_whatever_works_in_between()
    {
        Fail(2, CallVerdict.Abandoned);
        Enter();
        _gate.Exit(1, CallVerdict.Worked);
        Fail(1, CallVerdict.Abandoned);
        _gate.WhyClosed(2).Should().BeNull();

        var entry = _gate.TryEnter(1, 3, out var refusal);

        entry.Should().Be(CallEntry.Refused);
        refusal.Should().Be("plugin 'gated' is not called: 3 calls of this version did not end in their time and still run; it is called again when some of them have ended, a new version at once").And.Be(_gate.WhyClosed(3));
        _gate.TryEnter(1, 3, out _).Should().Be(CallEntry.Refused);
        _log.Entries.Should().ContainSingle("it is told once").Which.Message.Should().Contain("gated is not called any more: 3 calls");
        _gate.TryEnter(1, 2, out _).Should().Be(CallEntry.Open, "one of them has ended");
    }

    [Fact]
    public void A_paused_plugin_of_which_too_many_abandoned_calls_still_run_is_not_tried()
    {
        Fail(3, CallVerdict.Abandoned);
        _time.Advance(TimeSpan.FromSeconds(5));

        _gate.TryEnter(1, 3, out _).Should().Be(CallEntry.Refused, "each trial may cost one more thread");
        _gate.TryEnter(1, 2, out _).Should().Be(CallEntry.Open);
    }

    [Fact]
    public void A_chain_that_holds_the_version_before_is_not_refused_for_faults_of_the_new_one_and_does_not_use_up_its_trial()
    {
        _gate.Reset(2);
        Fail(3, CallVerdict.Abandoned, generation: 2);
        _time.Advance(TimeSpan.FromSeconds(5));

        Enter(1).Should().Be(CallEntry.Open);
        _gate.Exit(1, CallVerdict.Worked);

        _gate.WhyClosed(0).Should().NotBeNull("the version before says nothing about this one");
        Enter(2).Should().Be(CallEntry.Open, "the trial is still to be had");
        Enter(2).Should().Be(CallEntry.Refused);
        _gate.Exit(2, CallVerdict.Worked);
        Enter(2).Should().Be(CallEntry.Open);
    }

    [Fact]
    public void A_chain_that_holds_the_version_before_waits_for_room_while_the_new_one_is_paused()
    {
        _gate.Reset(2);
        Fail(3, CallVerdict.Abandoned, generation: 2);
        Enter(1);
        Enter(1);
        Enter(1).Should().Be(CallEntry.Full);
        var resumed = 0;

        _gate.Park(1, () => resumed++).Should().BeTrue();

        _gate.Park(2, () => { }).Should().BeFalse("it would be refused at once");
        _gate.Exit(1, CallVerdict.Worked);
        resumed.Should().Be(1);
    }

    private CallEntry Enter(int generation = 1) => _gate.TryEnter(generation, 0, out _);

    private void Fail(int times, CallVerdict verdict, int generation = 1)
    {
        for (var i = 0; i < times; i++)
        {
            Enter(generation).Should().Be(CallEntry.Open);
            _gate.Exit(generation, verdict);
        }
    }
}
