using Microsoft.Data.Sqlite;

namespace Dkron.Host.Records;

/// <summary>A database that has just been opened to write, and what was read at once.</summary>
internal sealed record OpenedRecords
{
    public required SqliteConnection Connection { get; init; }

    public required IReadOnlyList<JobRow> Jobs { get; init; }

    /// <summary>The highest key of an execution; 0 for none.</summary>
    public required long LastKey { get; init; }

    /// <summary>Where output files go that no record names, because their records were lost; null: they are deleted.</summary>
    public required string? OrphansTo { get; init; }
}
