using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Records;

namespace Dkron.Host.Api;

/// <summary>Answers from records and settings: inside the agent, and for a command line that finds no agent.</summary>
/// <param name="facts">What is told.</param>
/// <param name="work">What can be done; null when no agent runs.</param>
/// <param name="owned">What the facts come from, disposed with this; null when others own it.</param>
internal sealed class LocalControl(Facts facts, RunningWork? work, IDisposable? owned) : IControl, IDisposable
{
    public void Dispose() => owned?.Dispose();

    public Task<IReadOnlyList<JobDocument>> JobsAsync(CancellationToken cancellationToken)
    {
        var view = View();
        IReadOnlyList<JobDocument> documents = [.. facts.Jobs().OrderBy(job => job.Name.Text, StringComparer.Ordinal).Select(view.Of)];
        return Task.FromResult(documents);
    }

    public Task<JobDocument> JobAsync(string name, CancellationToken cancellationToken) => Task.FromResult(View().Of(Job(name)));

    public async Task<StartedDocument> RunAsync(string name, bool force, CancellationToken cancellationToken)
    {
        var job = Job(name);
        return new StartedDocument(await Work($"job '{name}' cannot be started").Start(job.Name.Text, force, cancellationToken));
    }

    public Task<IReadOnlyList<ExecutionDocument>> ExecutionsAsync(ExecutionsRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<ExecutionDocument> documents = [.. facts.List(request.Query, cancellationToken).Select(record => ExecutionView.Of(record, Deliveries(record), request.OutputSizeLimit))];
        return Task.FromResult(documents);
    }

    public Task<ExecutionDocument> ExecutionAsync(string id, CancellationToken cancellationToken)
    {
        var record = Record(id);
        return Task.FromResult(ExecutionView.Of(record, Deliveries(record), ExecutionsRequest.DefaultOutputOfOne));
    }

    public Task<IReadOnlyList<DeadLetterDocument>> DeadLettersAsync(DeadLettersRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<DeadLetterDocument> documents = [.. facts.DeadLetters(request).Select(DeadLetterDocument.Of)];
        return Task.FromResult(documents);
    }

    public Task<ReprocessedDocument> ReprocessAsync(IReadOnlyList<string> ids, string? step, bool deadOnly, CancellationToken cancellationToken) =>
        Work("nothing can be processed again").Reprocess(ids, step, deadOnly, cancellationToken);

    public Task<Stream> OutputAsync(string id, bool raw, bool follow, CancellationToken cancellationToken)
    {
        // Asked for first: an execution that ends in between is then found with its output in the records.
        if (work?.Live(id) is { } live)
        {
            return Task.FromResult<Stream>(new LiveStream(live, follow));
        }

        var record = Record(id);
        return Task.FromResult((raw ? record.RawOutput : record.Output).OpenRead());
    }

    public Task StopAsync(string id, CancellationToken cancellationToken)
    {
        var record = Record(id);
        if (record.Info.Status == ExecutionStatus.Running && Work($"execution {id} cannot be stopped").Stop(id))
        {
            return Task.CompletedTask;
        }

        throw new ControlException(ControlError.Conflict, $"execution {id} does not run: it is {Words.Of(Record(id).Info.Status)}; see dkron show {id}");
    }

    public Task<IReadOnlyList<PluginDocument>> PluginsAsync(CancellationToken cancellationToken) => Task.FromResult(facts.Plugins());

    public async Task<IReadOnlyList<PluginDocument>> ReloadPluginsAsync(string? name, CancellationToken cancellationToken)
    {
        await (Work("plugins cannot be reloaded").ReloadPlugins ?? throw Unchanging())(name, cancellationToken);
        return [.. facts.Plugins().Where(plugin => name is null || plugin.Name == name)];
    }

    public async Task<IReadOnlyList<PluginDocument>> RollBackPluginAsync(string name, CancellationToken cancellationToken)
    {
        await (Work($"plugin '{name}' cannot go back").RollBackPlugin ?? throw Unchanging())(name, cancellationToken);
        return [.. facts.Plugins().Where(plugin => plugin.Name == name)];
    }

    public Task<StatusDocument> StatusAsync(CancellationToken cancellationToken)
    {
        var node = facts.Node();
        var plugins = facts.Plugins();
        return Task.FromResult(new StatusDocument
        {
            Running = node.StartedAt is not null,
            Version = VersionDocument.OfProcess.Version,
            NodeName = node.NodeName,
            Pid = node.StartedAt is null ? null : Environment.ProcessId,
            StartedAt = node.StartedAt,
            UptimeSeconds = node.StartedAt is { } start ? Math.Round((facts.Time.GetUtcNow() - start).TotalSeconds, 3) : null,
            Jobs = facts.Jobs().Count,
            RunningExecutions = work is null ? 0 : RunningByJob().Values.Sum(),
            Plugins = plugins.Count(plugin => plugin.Error is null),
            UnavailablePlugins = plugins.Count(plugin => plugin.Error is not null),
            DataDirectory = node.DataDirectory,
            Socket = ApiSocket.PathIn(node.DataDirectory),
            SettingsFiles = node.SettingsFiles,
            SettingsProblems = node.SettingsProblems,
            Records = node.Records,
            Processing = node.Processing,
        });
    }

    private static ControlException Unchanging() => new(ControlError.Unavailable, "this agent does not change its plugins while it runs");

    private IReadOnlyList<ExecutionDelivery> Deliveries(ExecutionRecord record) => record.HasDeliveries ? facts.DeliveriesOf(record.Info.Id) : [];

    private JobView View() => new(
        facts.Jobs(),
        facts.Histories().ToDictionary(history => history.JobName, StringComparer.Ordinal),
        work is null ? [] : RunningByJob(),
        new SecretMask(facts.OptionsOf),
        facts.Time.GetUtcNow());

    private Dictionary<string, int> RunningByJob() =>
        facts.List(new ExecutionQuery { Status = ExecutionStatus.Running, Limit = int.MaxValue }, CancellationToken.None).CountBy(record => record.Info.JobName, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);

    private Job Job(string name) => facts.Jobs().FirstOrDefault(job => job.Name.Text == name)
        ?? throw new ControlException(ControlError.NotFound, $"there is no job '{name}'; dkron jobs lists them");

    private ExecutionRecord Record(string id) => facts.Find(id)
        ?? throw new ControlException(ControlError.NotFound, $"there is no execution '{id}'; dkron executions lists them");

    private RunningWork Work(string what) => work
        ?? throw new ControlException(ControlError.Unavailable, $"{what}: no agent runs with the data directory {facts.Node().DataDirectory}; start one with dkron agent");
}
