using Dkron.Host.Api;
using Dkron.Host.Records;

namespace Dkron.Host.Tests.Api;

public sealed class RemoteControlTests : IAsyncLifetime
{
    private StubAgent _agent = null!;
    private RemoteControl _control = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = await StubAgent.StartAsync();
        _control = new RemoteControl(_agent.DataDirectory);
    }

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _agent.DisposeAsync();
    }

    [Fact]
    public async Task Every_document_arrives_as_it_was_sent()
    {
        _agent.Control.Jobs.Add(SomeDocuments.Job("twice") with { Processors = [new StepDocument("log", []), new StepDocument("log", [new("format", "json")])] });

        var jobs = await _control.JobsAsync(CancellationToken.None);
        var job = await _control.JobAsync("twice", CancellationToken.None);
        var executions = await _control.ExecutionsAsync(new ExecutionsRequest(), CancellationToken.None);
        var execution = await _control.ExecutionAsync("1-web-1", CancellationToken.None);
        var plugins = await _control.PluginsAsync(CancellationToken.None);
        var status = await _control.StatusAsync(CancellationToken.None);

        jobs.Should().BeEquivalentTo(_agent.Control.Jobs, options => options.WithStrictOrdering());
        job.Should().BeEquivalentTo(_agent.Control.Jobs[1], options => options.WithStrictOrdering());
        executions.Should().BeEquivalentTo(_agent.Control.Executions);
        execution.Should().BeEquivalentTo(_agent.Control.Executions[0]);
        plugins.Should().BeEquivalentTo([SomeDocuments.Plugin]);
        status.Should().BeEquivalentTo(SomeDocuments.Status());
    }

    [Fact]
    public async Task What_is_asked_arrives_as_it_was_asked()
    {
        var asked = new ExecutionsRequest { Query = new ExecutionQuery { JobName = "größe&x", Text = "a b?", Since = SomeDocuments.Start.AddTicks(1), Limit = 3, OlderThanId = "8-web 1" }, OutputSizeLimit = 0 };

        await _control.ExecutionsAsync(asked, CancellationToken.None);

        _agent.Control.Requests.Single().Should().Be(asked);
    }

    [Fact]
    public async Task What_is_to_be_processed_again_arrives_with_its_step_and_whether_only_dead_letters_are_meant()
    {
        await _control.ReprocessAsync(["1-web-1", "2-web-1"], step: null, deadOnly: false, CancellationToken.None);
        await _control.ReprocessAsync(["1-web-1"], "a b&c", deadOnly: false, CancellationToken.None);
        await _control.ReprocessAsync(["1-web-1"], step: null, deadOnly: true, CancellationToken.None);
        await _control.ReprocessAsync(["1-web-1"], "a b&c", deadOnly: true, CancellationToken.None);

        _agent.Control.Reprocessed.Select(call => (string.Join(' ', call.Ids), call.Step, call.DeadOnly)).Should().Equal(
            ("1-web-1 2-web-1", null, false), ("1-web-1", "a b&c", false), ("1-web-1", null, true), ("1-web-1", "a b&c", true));
    }

    [Theory]
    [InlineData(nameof(ControlError.Invalid))]
    [InlineData(nameof(ControlError.NotFound))]
    [InlineData(nameof(ControlError.Conflict))]
    [InlineData(nameof(ControlError.Unavailable))]
    [InlineData(nameof(ControlError.Failed))]
    public async Task An_error_arrives_with_its_kind_and_its_words(string kind)
    {
        var error = Enum.Parse<ControlError>(kind);
        _agent.Control.Status = () => throw new ControlException(error, "because of the Grüße");

        var ask = () => _control.StatusAsync(CancellationToken.None);

        var thrown = (await ask.Should().ThrowAsync<ControlException>()).Which;
        (thrown.Error, thrown.Message).Should().Be((error, "because of the Grüße"));
    }

    [Fact]
    public async Task A_name_that_needs_escaping_finds_its_job()
    {
        _agent.Control.Jobs.Add(SomeDocuments.Job("größe_1-x"));

        var job = await _control.JobAsync("größe_1-x", CancellationToken.None);

        job.Name.Should().Be("größe_1-x");
    }

    [Fact]
    public async Task An_agent_that_has_gone_is_named()
    {
        await _agent.StopAsync();

        var ask = () => _control.StatusAsync(CancellationToken.None);

        var thrown = (await ask.Should().ThrowAsync<ControlException>()).Which;
        thrown.Error.Should().Be(ControlError.Unavailable);
        thrown.Message.Should().Be($"the agent on {ApiSocket.PathIn(_agent.DataDirectory)} cannot be reached: it has stopped");
    }
}
