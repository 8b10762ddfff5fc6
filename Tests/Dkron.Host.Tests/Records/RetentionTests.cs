using System.Security.Cryptography;
using Dkron.Abstractions;
using Dkron.Host.Records;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Records;

public sealed class RetentionTests : RecordsFolder
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_job_keeps_its_newest_executions_and_its_last_success_and_failure()
    {
        await using var records = Open(new RecordOptions { MaxExecutionsPerJob = 10 });
        var failure = await RunAsync(records, "a", ExecutionStatus.Failed);
        var success = await RunAsync(records, "a");
        await RunAsync(records, "a-b");
        var skipped = Enumerable.Range(0, 300).Select(_ => Started(records, "a") with { Status = ExecutionStatus.Skipped }).ToArray();
        foreach (var one in skipped)
        {
            await records.SkipAsync(one, Token);
        }

        var all = new ExecutionQuery { JobName = "a", Limit = 1000 };
        await UntilAsync(() => records.List(all, Token).Count == 10);

        records.List(all, Token).Select(record => record.Info.Id).Should().Equal(
            skipped[^8..].Select(one => one.Id).Reverse().Append(success.Id).Append(failure.Id));
        records.List(new ExecutionQuery { JobName = "a-b" }, Token).Should().ContainSingle();
        records.Histories()[0].Should().BeEquivalentTo(new { SuccessCount = 1, ErrorCount = 1, LastStatus = ExecutionStatus.Succeeded });
        records.Check(Token).Should().BeEmpty();
    }

    [Fact]
    public async Task Counters_survive_pruning_and_a_restart()
    {
        var options = new RecordOptions { MaxExecutionsPerJob = 5 };
        await using (var records = Open(options))
        {
            for (var i = 0; i < 40; i++)
            {
                await RunAsync(records, status: i % 4 == 0 ? ExecutionStatus.Failed : ExecutionStatus.Succeeded);
            }

            await UntilAsync(() => records.List(new ExecutionQuery(), Token).Count <= 5);
        }

        await using var reopened = Open(options);

        reopened.Histories().Single().Should().BeEquivalentTo(new { SuccessCount = 30, ErrorCount = 10 });
    }

    [Fact]
    public async Task What_is_older_than_its_age_goes_but_not_what_has_no_end()
    {
        var time = new FakeTimeProvider(Noon);
        await using var records = Open(new RecordOptions { MaxAge = TimeSpan.FromDays(1) }, time);
        var running = Started(records);
        await records.ClaimAsync(running, "old document", Token);
        for (var i = 0; i < 100; i++)
        {
            await RunAsync(records);
        }

        time.Advance(TimeSpan.FromDays(2));
        var last = await RunAsync(records);
        await UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(30));
            return records.List(new ExecutionQuery { Limit = 1000 }, Token).Count == 2;
        });

        records.List(new ExecutionQuery(), Token).Select(record => record.Info.Id).Should().Equal(last.Id, running.Id);
        records.Find(running.Id)!.Document.Should().Be("old document");
    }

    [Fact]
    public async Task What_is_more_than_the_bytes_goes_and_its_space_and_files_with_it()
    {
        var time = new FakeTimeProvider(Noon);
        var options = new RecordOptions { MaxTotalBytes = 4 * 1024 * 1024 };
        await using (var records = Open(options, time))
        {
            for (var i = 0; i < 200; i++)
            {
                var started = Started(records);
                await records.ClaimAsync(started, Token);
                var output = ExecutionOutput.FromBytes(RandomNumberGenerator.GetBytes(i % 2 == 0 ? 60_000 : 80_000));
                await records.FinishAsync(Finished(started), Result(Finished(started), output), hasSteps: false, Token);
            }

            Used().Should().BeGreaterThan(12_000_000);
            await UntilAsync(() =>
            {
                time.Advance(TimeSpan.FromSeconds(30));
                return records.List(new ExecutionQuery { Limit = 1000 }, Token).Count < 80;
            });
            records.Check(Token).Should().BeEmpty();
            await UntilAsync(() =>
            {
                time.Advance(TimeSpan.FromSeconds(30));
                return Free() <= 300;
            });
        }

        Used().Should().BeLessThan(6_500_000);
    }

    [Fact]
    public async Task Documents_go_with_the_last_execution_that_ran_them()
    {
        await using var records = Open(new RecordOptions { MaxExecutionsPerJob = 2 });
        for (var i = 0; i < 20; i++)
        {
            var skipped = Started(records);
            await records.ClaimAsync(skipped, $"document {i / 5}", Token);
            await records.FinishAsync(Finished(skipped), Result(Finished(skipped)), hasSteps: false, Token);
        }

        await UntilAsync(() => Number("SELECT count(*) FROM executions") == 2);

        Number("SELECT count(*) FROM documents").Should().Be(1);
    }

    [Fact]
    public async Task What_is_opened_again_in_the_very_transaction_that_would_remove_it_stays()
    {
        ExecutionInfo old;
        await using (var records = Open(time: new FakeTimeProvider(Noon)))
        {
            old = await RunAsync(records);
            await RunAsync(records);
        }

        // The first write looks at what is too old.
        await using var reopened = Open(new RecordOptions { MaxAge = TimeSpan.FromDays(1) }, new FakeTimeProvider(Noon.AddDays(2)));
        var ids = await reopened.ReopenAsync([old], Token);

        ids.Should().Equal(old.Id);
        reopened.Deliveries.Unprocessed(10).Should().Equal(old.Id);
        reopened.Check(Token).Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_too_old_and_has_to_stay_is_looked_at_without_a_commit()
    {
        const int Executions = 200;
        const int Looks = 20;
        var time = new FakeTimeProvider(Noon);
        await using (var records = Open(time: time))
        {
            for (var i = 0; i < Executions; i++)
            {
                var started = Started(records);
                await records.ClaimAsync(started, Token);
                await records.FinishAsync(Finished(started), Result(Finished(started)), hasSteps: true, Token);
            }
        }

        time.Advance(TimeSpan.FromDays(2));
        var before = CommitMark.Read(new DataPaths(Folder).Commits);
        await using (var records = Open(new RecordOptions { MaxAge = TimeSpan.FromDays(1) }, time))
        {
            for (var i = 0; i < Looks; i++)
            {
                time.Advance(TimeSpan.FromHours(1));
                await records.SkipAsync(Started(records) with { Status = ExecutionStatus.Skipped }, Token);
            }
        }

        CommitMark.Read(new DataPaths(Folder).Commits).Should().Be(before + Looks);
    }

    [Fact]
    public async Task Many_that_have_to_stay_are_looked_at_in_one_step()
    {
        var time = new FakeTimeProvider(Noon);
        await using (var records = Open(time: time))
        {
            for (var i = 0; i < 10 * Retention.SmallestStep; i++)
            {
                await records.ClaimAsync(Started(records), Token);
            }
        }

        using var connection = DatabaseConnections.OpenToWrite(Database);
        using var statements = new RecordStatements(connection);
        using var open = new OpenExecutions(connection);
        var jobs = new JobTable([.. RecordReader.Jobs(connection).Select(job => job.Row)]);
        time.Advance(TimeSpan.FromDays(2));
        var retention = new Retention(new RecordOptions { MaxAge = TimeSpan.FromDays(1) }, jobs, time);
        retention.Tick();
        var batch = new WriteBatch(statements, jobs, open, time);
        batch.Begin();

        var hasChanged = retention.Step(batch, Retention.SmallestStep);

        (hasChanged, retention.HasWork).Should().Be((false, false));
        statements.Rollback.Run();
    }

    private long Used() => Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

    private long Free() => Number("PRAGMA freelist_count");

    private long Number(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        return RecordSchema.Number(connection, sql);
    }
}
