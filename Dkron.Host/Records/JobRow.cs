using Dkron.Abstractions;
using Microsoft.Data.Sqlite;

namespace Dkron.Host.Records;

/// <summary>What is remembered of one job, as it is stored.</summary>
internal sealed record JobRow
{
    /// <summary>In the order in which <see cref="Read"/> takes and <see cref="Bind"/> gives them.</summary>
    public const string Names =
        "key, name, first_seen_at, last_due_at, success_count, error_count, last_success_at, last_success, last_error_at, last_error, last_status, last_finished, kept, crc";

    public required long Key { get; init; }

    public required string Name { get; init; }

    public required long FirstSeenAt { get; init; }

    public long? LastDueAt { get; init; }

    public long SuccessCount { get; init; }

    public long ErrorCount { get; init; }

    public long? LastSuccessAt { get; init; }

    /// <summary>The key of the last execution that succeeded: never pruned.</summary>
    public long? LastSuccess { get; init; }

    public long? LastErrorAt { get; init; }

    /// <summary>The key of the last execution that failed: never pruned.</summary>
    public long? LastError { get; init; }

    public ExecutionStatus? LastStatus { get; init; }

    /// <summary>The key of the execution that <see cref="LastStatus"/> comes from.</summary>
    public long? LastFinished { get; init; }

    /// <summary>How many processed executions of the job are stored.</summary>
    public long Kept { get; init; }

    public static (JobRow Row, bool IsIntact) Read(SqliteDataReader reader)
    {
        long? Number(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);
        var row = new JobRow
        {
            Key = reader.GetInt64(0),
            Name = reader.GetString(1),
            FirstSeenAt = reader.GetInt64(2),
            LastDueAt = Number(3),
            SuccessCount = reader.GetInt64(4),
            ErrorCount = reader.GetInt64(5),
            LastSuccessAt = Number(6),
            LastSuccess = Number(7),
            LastErrorAt = Number(8),
            LastError = Number(9),
            LastStatus = (ExecutionStatus?)Number(10),
            LastFinished = Number(11),
            Kept = reader.GetInt64(12),
        };
        return (row, row.Checksum() == reader.GetInt64(13));
    }

    public SqliteStatement Bind(SqliteStatement statement) => statement
        .Bind(Key).Bind(Name).Bind(FirstSeenAt).Bind(LastDueAt).Bind(SuccessCount).Bind(ErrorCount).Bind(LastSuccessAt)
        .Bind(LastSuccess).Bind(LastErrorAt).Bind(LastError).Bind((long?)LastStatus).Bind(LastFinished).Bind(Kept).Bind(Checksum());

    public JobHistory ToHistory() => new()
    {
        JobName = Name,
        FirstSeenAt = UnixNanoseconds.ToTime(FirstSeenAt),
        LastDueAt = UnixNanoseconds.ToTime(LastDueAt),
        SuccessCount = SuccessCount,
        ErrorCount = ErrorCount,
        LastSuccessAt = UnixNanoseconds.ToTime(LastSuccessAt),
        LastErrorAt = UnixNanoseconds.ToTime(LastErrorAt),
        LastStatus = LastStatus,
    };

    /// <summary>Takes in that an attempt was claimed or skipped.</summary>
    public JobRow WithDue(ExecutionInfo info) => info.Trigger == ExecutionTrigger.Schedule
        ? this with { LastDueAt = Later(LastDueAt, UnixNanoseconds.From(info.ScheduledAt)) }
        : this;

    /// <summary>Takes in how an execution ended, before its processors.</summary>
    public JobRow WithStatus(long key, ExecutionStatus status) => this with { LastStatus = status, LastFinished = key };

    /// <summary>Takes in how an execution ended for good.</summary>
    /// <remarks><paramref name="counted"/>: how it was counted before; null when it was not.</remarks>
    public JobRow WithResult(long key, ExecutionInfo info, ExecutionStatus? counted)
    {
        var at = UnixNanoseconds.From(info.FinishedAt);
        var row = LastFinished is null || LastFinished <= key ? WithStatus(key, info.Status) : this;
        if (counted is not { } before)
        {
            row = row with { Kept = row.Kept + 1 };
        }
        else
        {
            row = before == ExecutionStatus.Succeeded
                ? row with { SuccessCount = row.SuccessCount - 1 }
                : row with { ErrorCount = row.ErrorCount - 1 };
        }

        return info.Success
            ? row with { SuccessCount = row.SuccessCount + 1, LastSuccessAt = Later(row.LastSuccessAt, at), LastSuccess = Later(row.LastSuccess, key) }
            : row with { ErrorCount = row.ErrorCount + 1, LastErrorAt = Later(row.LastErrorAt, at), LastError = Later(row.LastError, key) };
    }

    private static long Later(long? known, long other) => Math.Max(known ?? long.MinValue, other);

    private uint Checksum()
    {
        var checksum = new RecordChecksum();
        checksum.Add(Key);
        checksum.Add(Name);
        checksum.Add(FirstSeenAt);
        checksum.Add(LastDueAt);
        checksum.Add(SuccessCount);
        checksum.Add(ErrorCount);
        checksum.Add(LastSuccessAt);
        checksum.Add(LastSuccess);
        checksum.Add(LastErrorAt);
        checksum.Add(LastError);
        checksum.Add((long?)LastStatus);
        checksum.Add(LastFinished);
        checksum.Add(Kept);
        return checksum.Value;
    }
}
