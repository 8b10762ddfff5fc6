using System.Collections.Immutable;
using Dkron.Abstractions;
using Microsoft.Data.Sqlite;

namespace Dkron.Host.Records;

/// <summary>What is remembered of one job, as it is stored.</summary>
internal sealed record JobRow
{
    /// <summary>In the order in which <see cref="Read"/> takes and <see cref="Bind"/> gives them.</summary>
    public const string Names =
        "key, name, first_seen_at, last_due_at, success_count, error_count, last_success_at, last_success, last_error_at, last_error, last_status, last_finished, kept, watched_times, watched_since, watched_success, crc";

    /// <summary>Inserts a row, or puts it in the place of the one with its key, with what <see cref="Bind"/> gives.</summary>
    public static readonly string Store =
        $"INSERT INTO jobs ({Names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
        + string.Join(", ", Names.Split(", ").Skip(2).Select(name => $"{name} = excluded.{name}"));

    /// <summary>The job is not in the settings.</summary>
    public const long Unwatched = 0;

    private const long NanosecondsPerDay = TimeSpan.TicksPerDay * TimeSpan.NanosecondsPerTick;

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

    /// <summary>The keys of executions that have succeeded while their processors may still make failures of them. Not stored: they are told by what has no end.</summary>
    public ImmutableList<long> Succeeding { get; init; } = [];

    /// <summary>How many processed executions of the job are stored.</summary>
    public long Kept { get; init; }

    /// <summary>Tells which times the job was due at when it was last in the settings; <see cref="Unwatched"/> while it is not there, null when it never was seen so.</summary>
    public long? WatchedTimes { get; init; }

    /// <summary>From when on its due times count; null while it is not in the settings.</summary>
    public long? WatchedSince { get; init; }

    /// <summary>The key of the last execution that had succeeded before; null or 0 when none had.</summary>
    public long? WatchedSuccess { get; init; }

    public static (JobRow Row, bool IsIntact) Read(SqliteDataReader reader)
    {
        var values = new StoredValues(reader);
        var row = new JobRow
        {
            Key = values.Number(0),
            Name = values.Text(1),
            FirstSeenAt = values.Number(2),
            LastDueAt = values.OptionalNumber(3),
            SuccessCount = values.Number(4),
            ErrorCount = values.Number(5),
            LastSuccessAt = values.OptionalNumber(6),
            LastSuccess = values.OptionalNumber(7),
            LastErrorAt = values.OptionalNumber(8),
            LastError = values.OptionalNumber(9),
            LastStatus = (ExecutionStatus?)values.OptionalNumber(10),
            LastFinished = values.OptionalNumber(11),
            Kept = values.Number(12),
            WatchedTimes = values.OptionalNumber(13),
            WatchedSince = values.OptionalNumber(14),
            WatchedSuccess = values.OptionalNumber(15),
        };
        return (row, row.Checksum() == values.Number(16) && values.AreWhole);
    }

    public SqliteStatement Bind(SqliteStatement statement) => statement
        .Bind(Key).Bind(Name).Bind(FirstSeenAt).Bind(LastDueAt).Bind(SuccessCount).Bind(ErrorCount).Bind(LastSuccessAt)
        .Bind(LastSuccess).Bind(LastErrorAt).Bind(LastError).Bind((long?)LastStatus).Bind(LastFinished).Bind(Kept)
        .Bind(WatchedTimes).Bind(WatchedSince).Bind(WatchedSuccess).Bind(Checksum());

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
        WatchedSince = UnixNanoseconds.ToTime(WatchedSince),
        HasSucceeded = LastSuccess is { } success && IsNew(success),
        IsSucceeding = Succeeding.Exists(IsNew),
    };

    /// <summary>Takes in that a firing was claimed or skipped.</summary>
    public JobRow WithDue(ExecutionInfo info) => info is { Trigger: ExecutionTrigger.Schedule, Attempt: 1 }
        ? this with { LastDueAt = Later(LastDueAt, UnixNanoseconds.From(info.ScheduledAt)) }
        : this;

    /// <summary>Takes in that the job is in the settings, due at times that are told by a number.</summary>
    /// <remarks>A job that was due more than a day in the future was so by a clock that was wrong, and counts anew.</remarks>
    public JobRow Watched(long times, long now)
    {
        var row = LastDueAt - now > NanosecondsPerDay ? ClockCorrected(now) : this;
        return row with
        {
            WatchedTimes = times,
            WatchedSince = WatchedTimes == times ? Math.Min(WatchedSince ?? now, now) : now,
            WatchedSuccess = WatchedTimes == times || WatchedTimes is null ? WatchedSuccess : Succeeding.Append(LastSuccess ?? 0).Max(),
        };
    }

    /// <summary>Takes in that the clock had been ahead: what is later than it shows now is still to come.</summary>
    public JobRow ClockCorrected(long now) => this with
    {
        LastDueAt = LastDueAt > now ? now : LastDueAt,
        WatchedSince = WatchedSince > now ? now : WatchedSince,
    };

    /// <summary>Takes in how an execution ended, before its processors.</summary>
    public JobRow WithStatus(long key, ExecutionStatus status) => this with { LastStatus = status, LastFinished = key };

    /// <summary>Takes in that an execution has succeeded, before its processors.</summary>
    public JobRow WithSuccess(long key) => this with { Succeeding = Succeeding.Add(key) };

    /// <summary>Takes in how an execution ended for good.</summary>
    /// <remarks><paramref name="counted"/>: how it was counted before; null when it was not.</remarks>
    public JobRow WithResult(long key, ExecutionInfo info, ExecutionStatus? counted)
    {
        var at = UnixNanoseconds.From(info.FinishedAt);
        var row = (LastFinished is null || LastFinished <= key ? WithStatus(key, info.Status) : this) with { Succeeding = Succeeding.Remove(key) };
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

    /// <summary>Whether an execution is one of the job as it is in the settings now. Keys rise.</summary>
    private bool IsNew(long key) => !(key <= WatchedSuccess);

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
        if (WatchedTimes is not null)
        {
            // Rows from before these columns have no place for them in their checksum.
            checksum.Add(WatchedTimes);
            checksum.Add(WatchedSince);
            checksum.Add(WatchedSuccess);
        }

        return checksum.Value;
    }
}
