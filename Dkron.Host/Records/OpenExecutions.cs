using Microsoft.Data.Sqlite;

namespace Dkron.Host.Records;

/// <summary>The rows of executions that run or are processed, as they are on disk. The writer's alone.</summary>
internal sealed class OpenExecutions(SqliteConnection connection) : IDisposable
{
    /// <summary>All are on disk too: those that wait for hours need not stay in memory for it.</summary>
    private const int MaxRows = 4096;

    private readonly Dictionary<long, ExecutionRow> _rows = [];
    private readonly SqliteCommand _load = ExecutionSelect.ByKey(connection, 0);

    /// <summary>From memory, or from disk when an earlier process wrote it.</summary>
    /// <exception cref="RecordsException">The record is damaged.</exception>
    public ExecutionRow? Find(long key)
    {
        if (_rows.TryGetValue(key, out var row))
        {
            return row;
        }

        _load.Parameters[0].Value = key;
        using var reader = _load.ExecuteReader();
        if (!reader.Read())
        {
            return null;
        }

        var columns = ExecutionColumns.Read(reader);
        row = columns.ToRow();
        return columns.IsIntact ? row : throw new RecordsException($"The record of execution {row.Info.Id} is damaged, so it is left as it is.");
    }

    public void Publish(ExecutionRow row)
    {
        if (row.IsProcessed)
        {
            _rows.Remove(row.Key);
        }
        else
        {
            if (_rows.Count >= MaxRows && !_rows.ContainsKey(row.Key))
            {
                _rows.Clear();
            }

            _rows[row.Key] = row;
        }
    }

    public void Dispose() => _load.Dispose();
}
