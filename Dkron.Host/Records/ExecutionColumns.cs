using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Execution;
using Microsoft.Data.Sqlite;

namespace Dkron.Host.Records;

/// <summary>A row of the table of executions, value by value, with the checksum that says whether it is as it was written.</summary>
internal readonly record struct ExecutionColumns
{
    /// <summary>In the order in which <see cref="Read"/> takes and <see cref="Bind"/> gives them.</summary>
    public const string Names =
        "key, job, node, firing, attempt, is_final, cause, scheduled_at, started_at, finished_at, status, exit_code, signal, error, previous_status, process, document, processed, outputs, outcomes, follow_at, crc";

    public const int Count = 22;

    private const long Raw = 1;   // the bits of Outputs
    private const long ProcessedToo = 2;
    private const long Deliveries = 4;
    private const int CountedShift = 4;   // from here on: 1 + the status under which it is counted already

    private long Key { get; init; }
    private long Job { get; init; }
    private string? JobName { get; init; }   // of the table of jobs, but checked with the record
    private string? Node { get; init; }
    private long Firing { get; init; }
    private long Attempt { get; init; }
    private long IsFinal { get; init; }
    private long Cause { get; init; }
    private long ScheduledAt { get; init; }
    private long StartedAt { get; init; }
    private long? FinishedAt { get; init; }
    private long Status { get; init; }
    private long? ExitCode { get; init; }
    private long? Signal { get; init; }
    private string? Error { get; init; }
    private long? PreviousStatus { get; init; }
    private string? Process { get; init; }
    private long? Document { get; init; }
    private long Processed { get; init; }
    private long Outputs { get; init; }
    private byte[]? Outcomes { get; init; }   // UTF-8
    private long? FollowAt { get; init; }
    private long Crc { get; init; }
    private bool AreWhole { get; init; }

    public static ExecutionColumns From(ExecutionRow row)
    {
        var info = row.Info;
        var columns = new ExecutionColumns
        {
            Key = row.Key,
            Job = row.JobKey,
            JobName = info.JobName,
            Node = info.NodeName,
            Firing = info.Group,
            Attempt = info.Attempt,
            IsFinal = info.IsFinalAttempt ? 1 : 0,
            Cause = (long)info.Trigger,
            ScheduledAt = UnixNanoseconds.From(info.ScheduledAt),
            StartedAt = UnixNanoseconds.From(info.StartedAt),
            FinishedAt = UnixNanoseconds.From(row.FinishedAt),
            Status = (long)info.Status,
            ExitCode = info.ExitCode,
            Signal = info.Signal,
            Error = info.Error,
            PreviousStatus = (long?)info.PreviousStatus,
            Process = row.Process is { } process ? string.Create(CultureInfo.InvariantCulture, $"{process.ProcessId}:{process.StartTicks}:{process.BootId}") : null,
            Document = row.Document,
            Processed = row.IsProcessed ? 1 : 0,
            Outputs = (row.HasRawOutput ? Raw : 0) | (row.HasProcessedOutput ? ProcessedToo : 0) | (row.HasDeliveries ? Deliveries : 0)
                | (row.CountedAs is { } counted ? (1 + (long)counted) << CountedShift : 0),
            Outcomes = row.Outcomes.Json,
            FollowAt = UnixNanoseconds.From(row.FollowAt),
        };
        return columns with { Crc = columns.Checksum() };
    }

    /// <summary>Reads the columns, and after them the name of the job.</summary>
    public static ExecutionColumns Read(SqliteDataReader reader)
    {
        var values = new StoredValues(reader);
        var columns = new ExecutionColumns
        {
            Key = values.Number(0),
            Job = values.Number(1),
            JobName = values.OptionalText(Count),
            Node = values.OptionalText(2),
            Firing = values.Number(3),
            Attempt = values.Number(4),
            IsFinal = values.Number(5),
            Cause = values.Number(6),
            ScheduledAt = values.Number(7),
            StartedAt = values.Number(8),
            FinishedAt = values.OptionalNumber(9),
            Status = values.Number(10),
            ExitCode = values.OptionalNumber(11),
            Signal = values.OptionalNumber(12),
            Error = values.OptionalText(13),
            PreviousStatus = values.OptionalNumber(14),
            Process = values.OptionalText(15),
            Document = values.OptionalNumber(16),
            Processed = values.Number(17),
            Outputs = values.Number(18),
            Outcomes = values.OptionalUtf8(19),
            FollowAt = values.OptionalNumber(20),
            Crc = values.Number(21),
        };
        return columns with { AreWhole = values.AreWhole };
    }

    /// <summary>Whether the values are those that were written.</summary>
    public bool IsIntact => AreWhole && Crc == Checksum();

    /// <summary>Binds all values in the order of <see cref="Names"/>.</summary>
    public SqliteStatement Bind(SqliteStatement statement) => statement
        .Bind(Key).Bind(Job).Bind(Node).Bind(Firing).Bind(Attempt).Bind(IsFinal).Bind(Cause).Bind(ScheduledAt)
        .Bind(StartedAt).Bind(FinishedAt).Bind(Status).Bind(ExitCode).Bind(Signal).Bind(Error).Bind(PreviousStatus)
        .Bind(Process).Bind(Document).Bind(Processed).Bind(Outputs).BindUtf8(Outcomes).Bind(FollowAt).Bind(Crc);

    /// <summary>Binds what an update may change, in the order of the columns, and the key last.</summary>
    public SqliteStatement BindChanges(SqliteStatement statement) => statement
        .Bind(IsFinal).Bind(FinishedAt).Bind(Status).Bind(ExitCode).Bind(Signal).Bind(Error).Bind(PreviousStatus)
        .Bind(Process).Bind(Processed).Bind(Outputs).BindUtf8(Outcomes).Bind(FollowAt).Bind(Crc).Bind(Key);

    /// <summary>Never throws: what a damaged row holds is shown as far as it can be, and marked by its caller.</summary>
    public ExecutionRow ToRow()
    {
        var started = UnixNanoseconds.ToTime(StartedAt);
        var finished = UnixNanoseconds.ToTime(FinishedAt);
        return new ExecutionRow
        {
            Key = Key,
            JobKey = Job,
            FinishedAt = finished,
            IsProcessed = Processed != 0,
            Process = ReadProcess(),
            Document = Document,
            HasRawOutput = (Outputs & Raw) != 0,
            HasProcessedOutput = (Outputs & ProcessedToo) != 0,
            HasDeliveries = (Outputs & Deliveries) != 0,
            CountedAs = Outputs >> CountedShift is > 0 and var counted ? (ExecutionStatus)(counted - 1) : null,
            Outcomes = StoredOutcomes.Read(Outcomes),
            FollowAt = UnixNanoseconds.ToTime(FollowAt),
            Info = new ExecutionInfo
            {
                Id = ExecutionId.Format(Key, Node ?? ""),
                JobName = JobName ?? "",
                NodeName = Node ?? "",
                Group = Firing,
                Attempt = (int)Attempt,
                IsFinalAttempt = IsFinal != 0,
                Trigger = (ExecutionTrigger)Cause,
                ScheduledAt = UnixNanoseconds.ToTime(ScheduledAt),
                StartedAt = started,
                FinishedAt = finished ?? started,
                Status = (ExecutionStatus)Status,
                ExitCode = (int?)ExitCode,
                Signal = (int?)Signal,
                Error = Error,
                PreviousStatus = (ExecutionStatus?)PreviousStatus,
            },
        };
    }

    private ProcessIdentity? ReadProcess() =>
        Process?.Split(':') is [var id, var ticks, var boot]
        && int.TryParse(id, CultureInfo.InvariantCulture, out var processId)
        && long.TryParse(ticks, CultureInfo.InvariantCulture, out var startTicks)
            ? new ProcessIdentity(processId, startTicks, boot)
            : null;

    private uint Checksum()
    {
        var checksum = new RecordChecksum();
        checksum.Add(Key);
        checksum.Add(Job);
        checksum.Add(JobName);
        checksum.Add(Node);
        checksum.Add(Firing);
        checksum.Add(Attempt);
        checksum.Add(IsFinal);
        checksum.Add(Cause);
        checksum.Add(ScheduledAt);
        checksum.Add(StartedAt);
        checksum.Add(FinishedAt);
        checksum.Add(Status);
        checksum.Add(ExitCode);
        checksum.Add(Signal);
        checksum.Add(Error);
        checksum.Add(PreviousStatus);
        checksum.Add(Process);
        checksum.Add(Document);
        checksum.Add(Processed);
        checksum.Add(Outputs);
        checksum.AddUtf8(Outcomes);
        if (FollowAt is not null)
        {
            // Records from before this column have no place for it in their checksum.
            checksum.Add(FollowAt);
        }

        return checksum.Value;
    }
}
