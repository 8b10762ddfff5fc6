using Dkron.Host.Api;

namespace Dkron.Host.Tests.Api;

public sealed class ApiCheckTests : IAsyncLifetime
{
    private StubAgent _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await StubAgent.StartAsync();

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Fact]
    public async Task An_agent_that_answers_is_asked_for_one_execution()
    {
        (await ApiCheck.FindFaultAsync(_agent.DataDirectory, CancellationToken.None)).Should().BeNull();

        _agent.Control.Requests.Should().ContainSingle().Which.Query.Limit.Should().Be(1);
    }

    [Fact]
    public async Task An_error_is_told()
    {
        _agent.Control.BeforeList = () => throw new IOException("the disk is gone");

        (await ApiCheck.FindFaultAsync(_agent.DataDirectory, CancellationToken.None)).Should().Be("the answer was HTTP/1.1 500 Internal Server Error");
    }

    [Fact]
    public async Task So_is_that_nobody_answers()
    {
        await _agent.StopAsync();

        (await ApiCheck.FindFaultAsync(_agent.DataDirectory, CancellationToken.None)).Should().NotBeNullOrEmpty();
    }

    [Fact]
    public async Task Whoever_no_longer_wants_to_know_is_let_go()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        var asking = () => ApiCheck.FindFaultAsync(_agent.DataDirectory, cancelled.Token);

        await asking.Should().ThrowAsync<OperationCanceledException>();
    }
}
