using Dkron.Abstractions;
using Dkron.Host.Api;
using Dkron.Host.Jobs;
using Dkron.Host.Plugins;
using Dkron.Host.Records;
using Dkron.Host.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Dkron.Host;

/// <summary>What the API tells and does inside the agent.</summary>
internal sealed class AgentControl(
    JobSource jobs,
    JobRuns runs,
    RunningExecutions executions,
    ExecutionRecords records,
    PluginRegistry plugins,
    Reprocessing reprocessing,
    ProcessingRoom room,
    IHostApplicationLifetime lifetime,
    IOptions<DkronOptions> options,
    TimeProvider time)
{
    private readonly DataPaths _paths = new(options.Value.DataDirectory);
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public IControl ToControl() => new LocalControl(
        new Facts
        {
            Time = time,
            Jobs = () => jobs.Current.Jobs,
            Histories = records.Histories,
            List = records.List,
            Find = records.Find,
            DeliveriesOf = records.Deliveries.Of,
            DeadLetters = request => records.Deliveries.DeadLetters(request.JobName, request.Before, request.Limit),
            Plugins = () => PluginView.Of(plugins),
            OptionsOf = name => PluginView.OptionsOf(plugins, name),
            Node = Node,
        },
        new RunningWork { Start = StartAsync, Stop = Stop, Reprocess = ReprocessAsync, Live = Live, ReloadPlugins = ReloadAsync, RollBackPlugin = RollBackAsync },
        owned: null);

    private NodeFacts Node() => new()
    {
        NodeName = options.Value.NodeName,
        DataDirectory = options.Value.DataDirectory,
        SettingsFiles = jobs.Files,
        SettingsProblems = [.. jobs.Problems.Select(problem => problem.ToString())],
        Records = new RecordsDocument { Path = _paths.Database, SizeBytes = _paths.DatabaseBytes, Healthy = records.Health.IsWritable, Error = records.Health.Reason },
        Processing = NodeProcessing.Of(records.Deliveries) with { InHand = room.Count, MaxInHand = room.Limit, FullSince = room.FullSince },
        StartedAt = _startedAt,
    };

    private async Task<IReadOnlyList<string>> StartAsync(string name, bool force, CancellationToken cancellationToken)
    {
        var job = jobs.Current.Find(name) ?? throw new ControlException(ControlError.NotFound, $"there is no job '{name}' any more");
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var started = await runs.RunNowAsync(job, force).WaitAsync(giveUp.Token);
        return started.Status == ExecutionStatus.Skipped
            ? throw new ControlException(ControlError.Conflict, $"job '{name}' was not started: {started.Error}")
            : [started.Id];
    }

    private async Task<ReprocessedDocument> ReprocessAsync(IReadOnlyList<string> ids, string? step, bool deadOnly, CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var (taken, passedOver) = await reprocessing.AskAsync(ids, step, deadOnly, giveUp.Token);
        return new ReprocessedDocument(taken, passedOver);
    }

    private async Task ReloadAsync(string? name, CancellationToken cancellationToken)
    {
        try
        {
            await plugins.ReloadAsync(name, cancellationToken);
        }
        catch (PluginRefusedException e)
        {
            throw new ControlException(ControlError.NotFound, name is null ? e.Message : $"plugin '{name}' was not reloaded: {e.Message}; dkron plugins lists them", e);
        }
    }

    private async Task RollBackAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await plugins.RollBackAsync(name, cancellationToken);
        }
        catch (PluginRefusedException e)
        {
            throw new ControlException(ControlError.Conflict, $"plugin '{name}' did not go back: {e.Message}", e);
        }
    }

    private LiveBytes? Live(string id) => executions.Find(id)?.Output is not { } output ? null : new LiveBytes(
        (offset, buffer) => output.Read(offset, buffer) is var chunk ? new LivePiece(chunk.Offset, chunk.Count, chunk.Ended) : default,
        output.WaitAsync);

    private bool Stop(string id)
    {
        var running = executions.Find(id);
        running?.Stop("it was stopped on request");
        return running is not null;
    }
}
