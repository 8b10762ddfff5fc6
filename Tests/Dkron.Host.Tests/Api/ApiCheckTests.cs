using Dkron.Host.Api;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Api;

public sealed class ApiCheckTests : IAsyncLifetime
{
    private StubAgent _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await StubAgent.StartAsync();

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Fact]
    public async Task An_agent_that_answers_is_asked_for_one_execution()
    {
        (await ApiCheck.FindFaultAsync(_agent.DataDirectory, TimeProvider.System, CancellationToken.None)).Should().BeNull();

        _agent.Control.Requests.Should().ContainSingle().Which.Query.Limit.Should().Be(1);
    }

    [Fact]
    public async Task An_error_is_told()
    {
        _agent.Control.BeforeList = () => throw new IOException("the disk is gone");

        (await ApiCheck.FindFaultAsync(_agent.DataDirectory, TimeProvider.System, CancellationToken.None)).Should().Be("the answer was HTTP/1.1 500 Internal Server Error");
    }

    [Fact]
    public async Task So_is_that_nobody_answers()
    {
        await _agent.StopAsync();

        (await ApiCheck.FindFaultAsync(_agent.DataDirectory, TimeProvider.System, CancellationToken.None)).Should().NotBeNullOrEmpty();
    }

    [Fact]
    public async Task So_is_an_answer_that_does_not_come()
    {
        using var isAsked = new ManualResetEventSlim();
        using var mayAnswer = new ManualResetEventSlim();
        _agent.Control.BeforeList = () =>
        {
            isAsked.Set();
            mayAnswer.Wait(CancellationToken.None);
        };
        var time = new FakeTimeProvider();

        var asking = ApiCheck.FindFaultAsync(_agent.DataDirectory, time, CancellationToken.None);
        await Wait.Until(() => isAsked.IsSet);
        time.Advance(TimeSpan.FromSeconds(10));

        (await asking).Should().Be("no answer within 10 s");
        mayAnswer.Set();
    }

    [Fact]
    public async Task Whoever_no_longer_wants_to_know_is_let_go()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        var asking = () => ApiCheck.FindFaultAsync(_agent.DataDirectory, TimeProvider.System, cancelled.Token);

        await asking.Should().ThrowAsync<OperationCanceledException>();
    }
}
