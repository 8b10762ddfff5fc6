using System.Diagnostics;
using Dkron.Host.Records;

namespace Dkron.Chaos;

/// <summary>One process of the agent, from its start to its end.</summary>
internal sealed record Life
{
    /// <summary>From 0 on. Not the process's id, which comes again after some ten thousand processes.</summary>
    public required int Number { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it said that it is ready; null when it was killed before.</summary>
    public required DateTimeOffset? ReadyAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>Before when everything that was begun had its end, of the last life: what was begun later may be left for a next one.</summary>
    public DateTimeOffset SettledAt { get; init; }

    public required bool IsKilled { get; init; }

    /// <summary>Keys of the executions that had no end on disk when it was dead: what was in flight.</summary>
    public required IReadOnlySet<long> InFlight { get; init; }

    /// <summary>Keys of the executions of which a step waited for its next try when it was dead.</summary>
    public required IReadOnlySet<long> Waiting { get; init; }

    /// <summary>What the check of the database found after it was dead.</summary>
    public required IReadOnlyList<string> Damage { get; init; }

    public required TimeSpan CheckTime { get; init; }

    public required string Log { get; init; }

    /// <summary>Looks at what a dead agent has left, without changing it.</summary>
    public static Life Look(string data, int number)
    {
        var began = Stopwatch.GetTimestamp();
        using var reader = new RecordReader(new DataPaths(data), mustExist: false);
        return new Life
        {
            Number = number,
            Damage = reader.Check(CancellationToken.None),
            InFlight = reader.Unfinished().Select(record => ExecutionId.KeyOf(record.Info.Id)).ToHashSet(),
            Waiting = Evidence.Waiting(data),
            CheckTime = Stopwatch.GetElapsedTime(began),
            StartedAt = default,
            ReadyAt = null,
            EndedAt = default,
            IsKilled = false,
            Log = "",
        };
    }
}
