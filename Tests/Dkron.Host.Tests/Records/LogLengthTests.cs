using System.Security.Cryptography;
using Dkron.Abstractions;
using Dkron.Host.Records;
using Microsoft.Data.Sqlite;

namespace Dkron.Host.Tests.Records;

public sealed class LogLengthTests : RecordsFolder
{
    private const int AtOnce = 16;
    private static readonly ExecutionOutput LargestInDatabase = ExecutionOutput.FromBytes(RandomNumberGenerator.GetBytes(60_000));

    private long Length => new FileInfo(Database + "-wal").Length;

    [Fact]
    public async Task The_log_begins_anew_while_large_outputs_are_written_without_a_pause()
    {
        await using var records = Open();
        var written = 0L;

        await WriteUntilAsync(records, () => (written += AtOnce * LargestInDatabase.Length) > 3 * DatabaseConnections.LogCutBackTo && Length <= DatabaseConnections.LogCutBackTo);
    }

    [Fact]
    public async Task A_log_that_cannot_begin_anew_because_somebody_reads_is_told_once_and_cut_back_when_that_ends()
    {
        await using var records = Open();
        await RunAsync(records);
        using (var reader = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            reader.Open();
            using var transaction = reader.BeginTransaction(deferred: true);
            RecordSchema.Number(reader, "SELECT count(*) FROM executions").Should().Be(1);
            await WriteUntilAsync(records, () => Told().Any());
            var told = Length;
            await WriteUntilAsync(records, () => Length > told + DatabaseConnections.LogCutBackTo);
        }

        await WriteUntilAsync(records, () => Length <= DatabaseConnections.LogCutBackTo);

        Told().Should().ContainSingle().Which.Should().Contain("has grown to").And.Contain("something reads from the database all the time");
    }

    private IEnumerable<string> Told() => Log.Where(line => line.StartsWith("Warning 4041 ", StringComparison.Ordinal));

    private static async Task WriteUntilAsync(ExecutionRecords records, Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        do
        {
            limit.IsCancellationRequested.Should().BeFalse("what is waited for comes about");
            await WriteAsync(records);
        }
        while (!condition());
    }

    private static Task WriteAsync(ExecutionRecords records) => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
    {
        var started = Started(records);
        await records.ClaimAsync(started, TestContext.Current.CancellationToken);
        await records.FinishAsync(Finished(started), Result(Finished(started), LargestInDatabase), hasSteps: false, TestContext.Current.CancellationToken);
    }));
}
