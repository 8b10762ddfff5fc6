using Dkron.Host.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dkron.Benchmarks;

/// <summary>Records in a folder that goes away.</summary>
internal sealed class RecordsTemporary : IAsyncDisposable
{
    private ExecutionRecords? _records;

    public string Folder { get; } = Directory.CreateTempSubdirectory("dkron-bench-").FullName;

    public ExecutionRecords Open(RecordOptions? options = null) =>
        _records = ExecutionRecords.Open(Folder, "node-1", options ?? new RecordOptions { MaxExecutionsPerJob = 10_000_000 }, TimeProvider.System, NullLogger.Instance);

    public async Task CloseAsync()
    {
        if (_records is not null)
        {
            await _records.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
