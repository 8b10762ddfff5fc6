using System.Collections.Concurrent;
using Dkron.Abstractions;
using Dkron.Host.Execution;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Records;

/// <summary>Everything that must outlive the process: executions, their outputs and outcomes, and what is remembered of jobs.</summary>
/// <remarks>All members may be called from any thread. What returns a task is on disk when the task has ended.</remarks>
internal sealed class ExecutionRecords : IAsyncDisposable
{
    private static readonly TimeSpan OutputRetry = TimeSpan.FromSeconds(1);
    private readonly RecordOptions _options;
    private readonly TimeProvider _time;
    private readonly AgentLock _lock;
    private readonly SqliteConnection _connection;
    private readonly JobTable _jobs;
    private readonly IdSource _ids;
    private readonly OutputStore _outputs;
    private readonly ConcurrentDictionary<long, string> _superseded = new();
    private readonly OutputCleaner _cleaner;
    private readonly RecordsState _state;
    private readonly FailingOutputs _failingOutputs;
    private readonly RecordReader _reader;
    private readonly DatabaseConnections _cleanerConnections;
    private readonly RecordWriter _writer;

    private ExecutionRecords(DataPaths paths, string nodeName, AgentLock agentLock, OpenedRecords opened, RecordOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _lock = agentLock;
        _connection = opened.Connection;
        _jobs = new JobTable(opened.Jobs);
        var firstKey = Math.Max(opened.LastKey + 1, UnixNanoseconds.From(time.GetUtcNow()));
        _ids = new IdSource(nodeName, firstKey - 1, time);
        _outputs = new OutputStore(paths);
        _cleanerConnections = new DatabaseConnections(paths.Database);
        _cleaner = new OutputCleaner(paths, _cleanerConnections, firstKey, opened.OrphansTo, logger);
        _state = new RecordsState(time, logger);
        _failingOutputs = new FailingOutputs(_state);
        _reader = new RecordReader(paths, mustExist: true);
        _writer = new RecordWriter(paths, opened.Connection, _jobs, _cleaner, _state, options, time, logger);
    }

    /// <summary>Whether results reach the disk at the moment; while they do not, nothing new should start.</summary>
    public bool IsWritable => _state.IsWritable;

    public RecordsHealth Health => _state.Health(_writer.WaitingWrites);

    /// <summary>Opens the records of a data directory for the one agent that may write them; makes what is missing.</summary>
    /// <exception cref="RecordsException">Another agent works there, the schema is newer, or the disk does not let us; in words.</exception>
    public static ExecutionRecords Open(string dataDirectory, string nodeName, RecordOptions options, TimeProvider time, ILogger logger)
    {
        if (nodeName.Length is 0 or > 128 || nodeName.Any(letter => char.IsControl(letter) || letter is '/' or '\\'))
        {
            throw new RecordsException($"'{nodeName}' cannot be a node's name: 1 to 128 characters, no slashes, no control characters. Set Dkron:NodeName.");
        }

        var paths = new DataPaths(dataDirectory);
        AgentLock? agentLock = null;
        SqliteConnection? connection = null;
        try
        {
            if (File.Exists(paths.Root))
            {
                throw new RecordsException($"{paths.Root} is a file, but Dkron:DataDirectory must name a folder.");
            }

            DataPaths.CreateFolder(paths.Root);
            agentLock = AgentLock.Take(paths.Root);
            var opened = new RecordsOpening(paths, time, logger).Open(RecordSchema.Scripts);
            connection = opened.Connection;
            return new ExecutionRecords(paths, nodeName, agentLock, opened, options, time, logger);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            agentLock?.Dispose();
            if (e is not RecordsException && DatabaseErrors.IsEnvironment(e))
            {
                throw new RecordsException(DatabaseErrors.Explain(paths.Database, e), e);
            }

            throw;
        }
    }

    /// <summary>Makes an id that was never used on this node: time in Unix nanoseconds, always rising, and the node's name.</summary>
    public string NewId() => _ids.Next();

    /// <summary>Where the raw output of an execution belongs when it is too large for memory; its folder exists.</summary>
    public string OutputPathFor(string id) => _outputs.PathFor(id);

    /// <summary>Claims an attempt of a firing and records it as running. False when (job, group, node, attempt) is claimed already; what was skipped at a due time gives way.</summary>
    /// <remarks><paramref name="started"/>: status Running. <paramref name="document"/>: the job as it is run, for whoever must finish the execution after a crash; null for none.</remarks>
    public Task<bool> ClaimAsync(ExecutionInfo started, string? document, CancellationToken cancellationToken) => ClaimAsync(started, document, followAt: null, follows: null, cancellationToken);

    /// <inheritdoc cref="ClaimAsync(ExecutionInfo, string?, CancellationToken)"/>
    /// <remarks><paramref name="followAt"/>: when something must follow should the execution be lost; null when nothing must. <paramref name="follows"/>: the execution that it follows, after which nothing has to follow any more, whatever is returned; null for none.</remarks>
    public Task<bool> ClaimAsync(ExecutionInfo started, string? document, DateTimeOffset? followAt, string? follows, CancellationToken cancellationToken)
    {
        _ = ExecutionId.KeyOf(started.Id);
        var stored = JobDocument.From(document);
        return _writer.WriteAsync(batch => RecordOperations.Claim(batch, started, stored, followAt, follows), cancellationToken);
    }

    /// <inheritdoc cref="ClaimAsync(ExecutionInfo, string?, CancellationToken)"/>
    public Task<bool> ClaimAsync(ExecutionInfo started, CancellationToken cancellationToken) => ClaimAsync(started, document: null, cancellationToken);

    /// <summary>Notes the process of a running execution. Written behind.</summary>
    public void NoteProcess(string id, ProcessIdentity process) => _writer.Notes.NoteProcess(ExecutionId.KeyOf(id), process);

    /// <summary>Records the raw result. From now on it is processed at least once, whatever happens.</summary>
    /// <remarks><paramref name="finished"/>: the same id with the final status and times. <paramref name="result"/>: its output can be read until the end of processing, also when its file is taken over. <paramref name="hasSteps"/>: whether there are processors to call; without, it counts as processed.</remarks>
    public Task FinishAsync(ExecutionInfo finished, CommandResult result, bool hasSteps, CancellationToken cancellationToken) => FinishAsync(finished, result, hasSteps, follow: null, cancellationToken);

    /// <inheritdoc cref="FinishAsync(ExecutionInfo, CommandResult, bool, CancellationToken)"/>
    /// <remarks><paramref name="follow"/>: what must follow; null to leave that as it was claimed.</remarks>
    public async Task FinishAsync(ExecutionInfo finished, CommandResult result, bool hasSteps, Follow? follow, CancellationToken cancellationToken)
    {
        var key = ExecutionId.KeyOf(finished.Id);
        StoredOutput? raw = null;
        try
        {
            raw = await PrepareAsync(() => _outputs.PrepareRawAsync(finished.Id, result.Output, result.OutputFile, cancellationToken), cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            finished = finished with { Error = $"{finished.Error} Its output is lost: {e.Message}".TrimStart() };
        }

        var notes = _writer.Notes.Take(key);
        await _writer.WriteAsync(
            batch =>
            {
                notes(batch);
                return RecordOperations.Finish(batch, finished, raw, hasSteps, follow);
            },
            cancellationToken);
        if (raw?.Superseded is { } file)
        {
            // While there are processors, they read the file that the command wrote.
            _superseded[key] = file;
            DeleteSuperseded(key, isDone: !hasSteps);
        }
    }

    /// <summary>Notes what one step did. Written behind.</summary>
    public void NoteOutcome(string id, StepNote note)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(note.Step);
        _writer.Notes.NoteOutcome(ExecutionId.KeyOf(id), note);
    }

    /// <inheritdoc cref="NoteOutcome(string, StepNote)"/>
    public void NoteOutcome(string id, int step, ProcessorOutcome outcome) => NoteOutcome(id, new StepNote { Step = step, Outcome = outcome });

    /// <summary>Records the end of processing, or that it waits for a step.</summary>
    public async Task EndProcessingAsync(ProcessingEnd end, CancellationToken cancellationToken)
    {
        var key = ExecutionId.KeyOf(end.Info.Id);
        end = end with { Deliveries = await Task.WhenAll(end.Deliveries.Select(delivery => PrepareOrGiveUpAsync(end.Info.Id, delivery, cancellationToken))) };
        end = end with { Outcomes = end.Deliveries.Aggregate(end.Outcomes, Outcomes) };
        var stored = await PrepareAsync(end.Info.Id, end.Output, cancellationToken);
        var outcomes = StoredOutcomes.Written(end.Outcomes);

        // What the steps are noted to have done is said again here, and all of it.
        var notes = _writer.Notes.Take(key, withOutcomes: false);
        await _writer.WriteAsync(
            batch =>
            {
                notes(batch);
                return end.IsSuspended ? DeliveryOperations.Suspend(batch, end, outcomes, stored) : RecordOperations.EndProcessing(batch, end, outcomes, stored, _options.KeepRaw);
            },
            cancellationToken);
        DeleteSuperseded(key, isDone: true);
    }

    /// <inheritdoc cref="EndProcessingAsync(ProcessingEnd, CancellationToken)"/>
    /// <remarks><paramref name="output"/>: the output after the last step; null when it is as it is recorded.</remarks>
    public Task EndProcessingAsync(ExecutionInfo processed, ExecutionOutput? output, IReadOnlyList<ProcessorOutcome> outcomes, CancellationToken cancellationToken) =>
        EndProcessingAsync(new ProcessingEnd { Info = processed, Output = output, Outcomes = outcomes }, cancellationToken);

    /// <summary>The result is processed later, from what is recorded of it.</summary>
    public void Release(string id) => DeleteSuperseded(ExecutionId.KeyOf(id), isDone: true);

    /// <summary>Records the end of a try of one step after the others.</summary>
    /// <remarks><paramref name="output"/>: what the execution's output is from now on; null when it stays. <paramref name="next"/>: what there is to remember; null when the step worked.</remarks>
    public async Task EndTryAsync(string id, int step, ProcessorOutcome outcome, ExecutionOutput? output, DeliveryWrite? next, CancellationToken cancellationToken)
    {
        var stored = await PrepareAsync(id, output, cancellationToken);
        var prepared = next is null ? null : await PrepareOrGiveUpAsync(id, next, cancellationToken);
        outcome = prepared is null ? outcome : Outcome(outcome, prepared.Delivery);
        await _writer.WriteAsync(batch => DeliveryOperations.EndTry(batch, id, step, outcome, stored, prepared, _options.KeepRaw), cancellationToken);
    }

    /// <summary>Lets all steps of executions be called again with what their commands wrote. Each as it was before its steps.</summary>
    /// <returns>The ids of those for which that was recorded.</returns>
    public Task<IReadOnlyList<string>> ReopenAsync(IReadOnlyCollection<ExecutionInfo> executions, CancellationToken cancellationToken) =>
        _writer.WriteAsync(batch => DeliveryOperations.Reopen(batch, executions), cancellationToken);

    /// <summary>Records how a delivery of an execution stands from now on. False when the execution is gone.</summary>
    /// <exception cref="RecordsException">What its step is to be given cannot be read any more.</exception>
    public async Task<bool> RequeueAsync(string id, DeliveryWrite delivery, CancellationToken cancellationToken)
    {
        var prepared = await PrepareAsync(id, delivery, triesToRead: false, cancellationToken);
        return await _writer.WriteAsync(batch => DeliveryOperations.Requeue(batch, prepared), cancellationToken);
    }

    /// <summary>Lets nothing be due because of a delivery of which it cannot be told what step it is of. It stays, and damaged. False when nothing was.</summary>
    public Task<bool> SetAsideAsync(StepDelivery damaged, CancellationToken cancellationToken) =>
        _writer.WriteAsync(batch => batch.SetDeliveryAside(damaged.Key, damaged.Step), cancellationToken);

    /// <summary>Records a firing that did not run. <paramref name="skipped"/> has status Skipped and the reason as its error.</summary>
    public Task<bool> SkipAsync(ExecutionInfo skipped, CancellationToken cancellationToken) => ClaimAsync(skipped, cancellationToken);

    /// <summary>Records that what had to follow an execution has been done, or will not be.</summary>
    public Task FollowedAsync(string id, CancellationToken cancellationToken) => _writer.WriteAsync(batch => RecordOperations.Followed(batch, id), cancellationToken);

    /// <summary>Executions after which something must follow.</summary>
    public IReadOnlyList<ExecutionRecord> Following() => _reader.Following();

    /// <summary>Takes in which jobs there are and at which times they are due, and gives their histories, in the same order.</summary>
    /// <remarks>In small transactions, so that others get their turn between them.</remarks>
    public async Task<IReadOnlyList<JobHistory>> WatchAsync(IReadOnlyList<WatchedJob> jobs, CancellationToken cancellationToken)
    {
        const int JobsAtOnce = 1024;
        var now = UnixNanoseconds.From(_time.GetUtcNow());
        var histories = new List<JobHistory>(jobs.Count);
        foreach (var chunk in jobs.Chunk(JobsAtOnce))
        {
            histories.AddRange(await _writer.WriteAsync(batch => RecordOperations.Watch(batch, chunk, now), cancellationToken));
        }

        var names = jobs.Select(job => job.Name).ToHashSet(StringComparer.Ordinal);
        await _writer.WriteAsync(batch => RecordOperations.UnwatchOthers(batch, names), cancellationToken);
        return histories;
    }

    /// <summary>Takes in that the clock had been ahead, and shows this now: what was due later than that is still to come.</summary>
    public Task ClockCorrectedAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        _writer.WriteAsync(batch => RecordOperations.ClockCorrected(batch, UnixNanoseconds.From(now)), cancellationToken);

    /// <summary>What is remembered of a job; null when it was never seen. From memory.</summary>
    public JobHistory? HistoryOf(string jobName) => _jobs.TryGet(jobName, out var job) ? job.ToHistory() : null;

    /// <summary>The histories of jobs; made on first sight, so that <c>@every</c> keeps its phase.</summary>
    public async Task<IReadOnlyDictionary<string, JobHistory>> SeeAsync(IReadOnlyCollection<string> jobNames, CancellationToken cancellationToken) =>
        await _writer.WriteAsync(batch => RecordOperations.See(batch, jobNames), cancellationToken);

    /// <summary>How the job's last finished execution ended; null when there is none. From memory.</summary>
    public ExecutionStatus? LastStatusOf(string jobName) => _jobs.TryGet(jobName, out var job) ? job.LastStatus : null;

    /// <summary>The last due time of the job that was claimed or skipped; null when there was none. From memory.</summary>
    public DateTimeOffset? LastDueAt(string jobName) => _jobs.TryGet(jobName, out var job) ? UnixNanoseconds.ToTime(job.LastDueAt) : null;

    /// <summary>What waits for another try, and what was given up.</summary>
    public DeliveryReader Deliveries => _reader.Deliveries;

    /// <summary>Executions that have no end, or whose processing has none: what an earlier process left behind.</summary>
    public IReadOnlyList<ExecutionRecord> Unfinished() => _reader.Unfinished();

    public IReadOnlyList<ExecutionRecord> List(ExecutionQuery query) => List(query, CancellationToken.None);

    /// <remarks><paramref name="cancellationToken"/>: ends a search for text, which may take long.</remarks>
    public IReadOnlyList<ExecutionRecord> List(ExecutionQuery query, CancellationToken cancellationToken) => _reader.List(query, cancellationToken);

    public ExecutionRecord? Find(string id) => _reader.Find(id);

    /// <summary>All jobs that were ever seen, by name. From memory.</summary>
    public IReadOnlyList<JobHistory> Histories() => [.. _jobs.All.Select(job => job.ToHistory()).OrderBy(history => history.JobName, StringComparer.Ordinal)];

    /// <inheritdoc cref="RecordReader.Check"/>
    public IReadOnlyList<string> Check(CancellationToken cancellationToken) => _reader.Check(cancellationToken);

    /// <summary>Writes what waits, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _cleaner.DisposeAsync();
        // The writer's connection goes last: the last one out empties the log into the database.
        _cleanerConnections.Dispose();
        _reader.Dispose();
        await _connection.DisposeAsync();
        _lock.Dispose();
    }

    private void DeleteSuperseded(long key, bool isDone)
    {
        if (isDone && _superseded.TryRemove(key, out var file))
        {
            _cleaner.Delete([file]);
        }
    }

    private Task<StoredOutput?> PrepareAsync(string id, ExecutionOutput? output, CancellationToken cancellationToken) => output is null
        ? Task.FromResult<StoredOutput?>(null)
        : PrepareAsync(async () => await _outputs.PrepareProcessedAsync(id, output, cancellationToken), cancellationToken);

    /// <remarks><paramref name="triesToRead"/>: whether to wait until it can be read; otherwise that is an error.</remarks>
    private async Task<DeliveryWrite> PrepareAsync(string id, DeliveryWrite delivery, bool triesToRead, CancellationToken cancellationToken) => delivery.LargeInput is not { } input
        ? delivery
        : delivery with { Input = await PrepareAsync(async () => await _outputs.PrepareInputAsync(id, delivery.Delivery.Step, input, cancellationToken), cancellationToken, triesToRead), LargeInput = null };

    /// <summary>The same for a step whose outcome is known and must be recorded also when it can never be tried again.</summary>
    private async Task<DeliveryWrite> PrepareOrGiveUpAsync(string id, DeliveryWrite delivery, CancellationToken cancellationToken)
    {
        try
        {
            return await PrepareAsync(id, delivery, triesToRead: true, cancellationToken);
        }
        catch (RecordsException e)
        {
            // It says still that there is an input, so that the step is never given what the command wrote in its place.
            var reason = $"{delivery.Delivery.Reason}; and what it was given cannot be read any more: {e.Message}";
            return new DeliveryWrite(delivery.Delivery with { State = DeliveryState.Dead, At = _time.GetUtcNow(), Reason = reason }, null);
        }
    }

    private static IReadOnlyList<ProcessorOutcome> Outcomes(IReadOnlyList<ProcessorOutcome> outcomes, DeliveryWrite write) =>
        [.. outcomes.Select((outcome, step) => step == write.Delivery.Step ? Outcome(outcome, write.Delivery) : outcome)];

    /// <summary>A step that is not tried again has failed.</summary>
    private static ProcessorOutcome Outcome(ProcessorOutcome outcome, StepDelivery delivery) => delivery.State == DeliveryState.Dead && outcome.State == OutcomeState.Retrying
        ? outcome with { State = OutcomeState.Failed, Error = delivery.Reason }
        : outcome;

    /// <summary>Prepares an output, again and again while its file cannot be written: what a command wrote is not dropped because a disk is full or a folder lost its permissions.</summary>
    private async Task<StoredOutput?> PrepareAsync(Func<Task<StoredOutput?>> prepare, CancellationToken cancellationToken, bool triesToRead = false)
    {
        var isFailing = false;
        try
        {
            while (true)
            {
                try
                {
                    return await prepare();
                }
                catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not FileNotFoundException and not DirectoryNotFoundException and not RecordsException)
                    || (triesToRead && e is RecordsException unread && !DatabaseErrors.IsLasting(unread)))
                {
                    _failingOutputs.Fail(e is RecordsException ? e.Message : $"An output file cannot be written: {e.Message}", isNew: !isFailing);
                    isFailing = true;
                    await Task.Delay(OutputRetry, _time, cancellationToken);
                }
            }
        }
        finally
        {
            if (isFailing)
            {
                _failingOutputs.End();
            }
        }
    }
}
