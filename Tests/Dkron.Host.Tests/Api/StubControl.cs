using System.Collections.Concurrent;
using Dkron.Abstractions;
using Dkron.Host.Api;

namespace Dkron.Host.Tests.Api;

/// <summary>An agent's answers, made by hand.</summary>
internal sealed class StubControl : IControl
{
    public List<JobDocument> Jobs { get; } = [SomeDocuments.Job()];

    public List<ExecutionDocument> Executions { get; } = [SomeDocuments.Execution()];

    public List<PluginDocument> Plugins { get; } = [SomeDocuments.Plugin];

    /// <summary>What was answered to those who asked for one execution.</summary>
    public ConcurrentQueue<ExecutionDocument> Shown { get; } = new();

    public ConcurrentQueue<ExecutionsRequest> Requests { get; } = new();

    public Func<string, bool, StartedDocument> Start { get; set; } = (_, _) => new StartedDocument(["1-web-1"]);

    public Func<bool, bool, Stream> Output { get; set; } = (_, _) => new MemoryStream([0x00, 0xFF, 0x0A]);

    public Action<string> Stop { get; set; } = _ => { };

    /// <summary>Called for each page of a list.</summary>
    public Action BeforeList { get; set; } = () => { };

    public Func<StatusDocument> Status { get; set; } = () => SomeDocuments.Status();

    public Task<IReadOnlyList<JobDocument>> JobsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<JobDocument>>(Jobs);

    public Task<JobDocument> JobAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult(Jobs.Find(job => job.Name == name) ?? throw new ControlException(ControlError.NotFound, $"there is no job '{name}'; dkron jobs lists them"));

    public async Task<StartedDocument> RunAsync(string name, bool force, CancellationToken cancellationToken)
    {
        await JobAsync(name, cancellationToken);
        return Start(name, force);
    }

    public Task<IReadOnlyList<ExecutionDocument>> ExecutionsAsync(ExecutionsRequest request, CancellationToken cancellationToken)
    {
        Requests.Enqueue(request);
        BeforeList();
        var from = request.Query.OlderThanId is { } id ? Executions.FindIndex(execution => execution.Id == id) + 1 : 0;
        return Task.FromResult<IReadOnlyList<ExecutionDocument>>([.. Executions.Skip(from).Take(request.Query.Limit)]);
    }

    public Task<ExecutionDocument> ExecutionAsync(string id, CancellationToken cancellationToken)
    {
        var execution = Execution(id);
        Shown.Enqueue(execution);
        return Task.FromResult(execution);
    }

    public Task<Stream> OutputAsync(string id, bool raw, bool follow, CancellationToken cancellationToken)
    {
        Execution(id);
        return Task.FromResult(Output(raw, follow));
    }

    public Task StopAsync(string id, CancellationToken cancellationToken)
    {
        if (Execution(id).Status != ExecutionStatus.Running)
        {
            throw new ControlException(ControlError.Conflict, $"execution {id} does not run");
        }

        Stop(id);
        return Task.CompletedTask;
    }

    public List<DeadLetterDocument> DeadLetters { get; } = [];

    public ConcurrentQueue<(IReadOnlyList<string> Ids, string? Step, bool DeadOnly)> Reprocessed { get; } = new();

    public Task<IReadOnlyList<DeadLetterDocument>> DeadLettersAsync(DeadLettersRequest request, CancellationToken cancellationToken)
    {
        BeforeList();
        return Task.FromResult<IReadOnlyList<DeadLetterDocument>>(
            [.. DeadLetters.Where(letter => (request.JobName is null || letter.JobName == request.JobName) && (request.Before is null || letter.At < request.Before)).Take(request.Limit)]);
    }

    public Task<ReprocessedDocument> ReprocessAsync(IReadOnlyList<string> ids, string? step, bool deadOnly, CancellationToken cancellationToken)
    {
        Reprocessed.Enqueue((ids, step, deadOnly));
        var known = ids.Where(id => Executions.Exists(execution => execution.Id == id)).ToList();
        return Task.FromResult(new ReprocessedDocument(known, [.. ids.Except(known).Select(id => $"there is no execution '{id}'")]));
    }

    public Task<IReadOnlyList<PluginDocument>> PluginsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PluginDocument>>(Plugins);

    public Task<IReadOnlyList<PluginDocument>> ReloadPluginsAsync(string? name, CancellationToken cancellationToken) => PluginsAsync(cancellationToken);

    public Task<IReadOnlyList<PluginDocument>> RollBackPluginAsync(string name, CancellationToken cancellationToken) => PluginsAsync(cancellationToken);

    public Task<StatusDocument> StatusAsync(CancellationToken cancellationToken) => Task.FromResult(Status());

    private ExecutionDocument Execution(string id) =>
        Executions.Find(execution => execution.Id == id) ?? throw new ControlException(ControlError.NotFound, $"there is no execution '{id}'; dkron executions lists them");
}
