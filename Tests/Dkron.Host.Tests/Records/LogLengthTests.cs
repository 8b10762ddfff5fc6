using System.Security.Cryptography;
using Dkron.Abstractions;
using Dkron.Host.Records;
using Microsoft.Data.Sqlite;

namespace Dkron.Host.Tests.Records;

public sealed class LogLengthTests : RecordsFolder
{
    private const long CutBackTo = 64L * 1024 * 1024;
    private const long Huge = 2 * CutBackTo;
    private const int AtOnce = 16;
    private static readonly ExecutionOutput LargestInDatabase = ExecutionOutput.FromBytes(RandomNumberGenerator.GetBytes(60_000));

    private long Length => new FileInfo(Database + "-wal").Length;

    [Fact]
    public async Task The_log_begins_anew_while_large_outputs_are_written_without_a_pause()
    {
        await using var records = Open();

        for (var written = 0L; written < 3 * CutBackTo; written += AtOnce * LargestInDatabase.Length)
        {
            await WriteAsync(records);
        }

        Length.Should().BeLessThanOrEqualTo(CutBackTo);
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
            for (var written = 0L; written < 2 * Huge; written += AtOnce * LargestInDatabase.Length)
            {
                await WriteAsync(records);
            }

            await UntilAsync(() => !Log.IsEmpty);
        }

        for (var written = 0L; written < Huge && Length > CutBackTo; written += AtOnce * LargestInDatabase.Length)
        {
            await WriteAsync(records);
        }

        Length.Should().BeLessThanOrEqualTo(CutBackTo);
        Log.Should().ContainSingle().Which.Should().Contain("the log of the database has grown to").And.Contain("it is cut back when that ends");
    }

    private static Task WriteAsync(ExecutionRecords records) => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
    {
        var started = Started(records);
        await records.ClaimAsync(started, TestContext.Current.CancellationToken);
        await records.FinishAsync(Finished(started), Result(Finished(started), LargestInDatabase), hasSteps: false, TestContext.Current.CancellationToken);
    }));
}
