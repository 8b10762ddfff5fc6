using System.Collections;
using Dkron.Abstractions;
using Dkron.Host.Execution;
using Dkron.Host.Records;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Records;

public sealed class ExecutionRecordsTests : RecordsFolder
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_execution_is_found_with_all_it_had_after_a_restart()
    {
        ExecutionInfo finished;
        await using (var records = Open())
        {
            var started = Started(records) with { Trigger = ExecutionTrigger.Manual, IsFinalAttempt = false, PreviousStatus = ExecutionStatus.TimedOut };
            await records.ClaimAsync(started, """{"name":"backup"}""", Token);
            records.NoteProcess(started.Id, new ProcessIdentity(42, 4711, "boot"));
            finished = Finished(started, ExecutionStatus.Failed) with { ExitCode = null, Signal = 9, Error = "killed \0 by ä signal" };
            await records.FinishAsync(finished, Result(finished, ExecutionOutput.FromText("raw")), hasSteps: true, Token);
            await records.EndProcessingAsync(finished, ExecutionOutput.FromText("processed"), [Outcome("log"), Outcome("files", OutcomeState.TimedOut)], Token);
        }

        await using var reopened = Open();
        var record = reopened.Find(finished.Id)!;

        record.Info.Should().Be(finished);
        record.IsDamaged.Should().BeFalse();
        record.IsProcessed.Should().BeTrue();
        record.FinishedAt.Should().Be(finished.FinishedAt);
        record.Process.Should().Be(new ProcessIdentity(42, 4711, "boot"));
        record.Document.Should().Be("""{"name":"backup"}""");
        record.RawOutput.ToString().Should().Be("raw");
        record.Output.ToString().Should().Be("processed");
        record.Outcomes.Should().BeEquivalentTo([Outcome("log"), Outcome("files", OutcomeState.TimedOut)], options => options.WithStrictOrdering());
        reopened.Unfinished().Should().BeEmpty();
        reopened.Check(Token).Should().BeEmpty();
    }

    [Fact]
    public async Task What_has_no_end_is_handed_back_after_a_restart()
    {
        ExecutionInfo running, processing;
        await using (var records = Open())
        {
            running = Started(records);
            await records.ClaimAsync(running, Token);
            records.NoteProcess(running.Id, new ProcessIdentity(7, 8, "b"));
            processing = Started(records);
            await records.ClaimAsync(processing, "document", Token);
            await records.FinishAsync(Finished(processing), Result(Finished(processing), ExecutionOutput.FromText("out")), hasSteps: true, Token);
            records.NoteOutcome(processing.Id, 0, Outcome("log"));
            records.NoteOutcome(processing.Id, 1, Outcome("files"));
        }

        await using var reopened = Open();
        var unfinished = reopened.Unfinished();

        unfinished.Select(record => record.Info.Id).Should().Equal(running.Id, processing.Id);
        unfinished[0].Process.Should().Be(new ProcessIdentity(7, 8, "b"));
        unfinished[0].FinishedAt.Should().BeNull();
        unfinished[1].Document.Should().Be("document");
        unfinished[1].RawOutput.ToString().Should().Be("out");
        unfinished[1].Outcomes.Select(outcome => outcome.Name).Should().Equal("log", "files");
    }

    [Fact]
    public async Task What_an_earlier_process_left_can_be_brought_to_its_end()
    {
        ExecutionInfo running, processing;
        await using (var records = Open())
        {
            running = Started(records);
            processing = Started(records);
            await records.ClaimAsync(running, Token);
            await records.ClaimAsync(processing, Token);
            await records.FinishAsync(Finished(processing), Result(Finished(processing)), hasSteps: true, Token);
            records.NoteOutcome(processing.Id, 0, Outcome("log"));
        }

        await using var reopened = Open();
        var lost = running with { Status = ExecutionStatus.Lost, Error = "the agent ended" };
        await reopened.FinishAsync(lost, Result(lost), hasSteps: false, Token);
        reopened.NoteOutcome(processing.Id, 1, Outcome("files"));
        await UntilAsync(() => reopened.Unfinished()[0].Outcomes.Count == 2);
        await reopened.EndProcessingAsync(Finished(processing), output: null, [Outcome("log"), Outcome("files")], Token);

        reopened.Unfinished().Should().BeEmpty();
        reopened.Find(running.Id)!.FinishedAt.Should().NotBeNull();
        reopened.Histories().Single().Should().BeEquivalentTo(new { SuccessCount = 1, ErrorCount = 1 });
    }

    [Fact]
    public async Task What_a_step_did_reaches_the_disk_though_commands_start_all_the_time()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var records = Open(time: time);
        var processing = Started(records);
        await records.ClaimAsync(processing, Token);
        await records.FinishAsync(Finished(processing), Result(Finished(processing)), hasSteps: true, Token);

        records.NoteOutcome(processing.Id, 0, Outcome("log"));
        for (var elapsed = TimeSpan.Zero; elapsed <= WriteBehind.Delay; elapsed += WriteBehind.Delay / 2)
        {
            var starting = Started(records);
            await records.ClaimAsync(starting, Token);
            records.NoteProcess(starting.Id, new ProcessIdentity(7, 8, "b"));
            time.Advance(WriteBehind.Delay / 2);
        }

        await UntilAsync(() => records.Find(processing.Id)!.Outcomes.Count == 1);
    }

    [Fact]
    public async Task One_of_64_who_claim_the_same_attempt_at_once_gets_it()
    {
        await using var records = Open();

        var claims = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => records.ClaimAsync(Started(records, group: 5), Token))));

        claims.Count(isClaimed => isClaimed).Should().Be(1);
        records.List(new ExecutionQuery(), Token).Should().ContainSingle();
    }

    [Fact]
    public async Task A_claim_holds_over_a_restart_and_for_its_own_attempt_only()
    {
        await using (var records = Open())
        {
            await records.ClaimAsync(Started(records, group: 5), Token);
        }

        await using var reopened = Open();

        (await reopened.ClaimAsync(Started(reopened, group: 5), Token)).Should().BeFalse();
        (await reopened.ClaimAsync(Started(reopened, group: 5, attempt: 2), Token)).Should().BeTrue();
        (await reopened.ClaimAsync(Started(reopened, group: 6), Token)).Should().BeTrue();
        (await reopened.ClaimAsync(Started(reopened, "backup-2", group: 5), Token)).Should().BeTrue();
    }

    [Fact]
    public async Task A_skipped_firing_is_recorded_with_its_end_and_its_reason()
    {
        await using var records = Open();
        var skipped = Started(records) with { Status = ExecutionStatus.Skipped, Error = "still running" };

        (await records.SkipAsync(skipped, Token)).Should().BeTrue();

        var record = records.Find(skipped.Id)!;
        record.Info.Should().Be(skipped);
        record.FinishedAt.Should().Be(skipped.FinishedAt);
        record.IsProcessed.Should().BeTrue();
        records.Histories().Single().Should().BeEquivalentTo(new { SuccessCount = 0, ErrorCount = 0, LastDueAt = skipped.ScheduledAt, LastStatus = (ExecutionStatus?)null });
    }

    [Fact]
    public async Task Ids_rise_when_the_clock_goes_back_and_over_a_restart()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var keys = new List<long>();
        await using (var records = Open(time: time))
        {
            keys.Add(ExecutionId.KeyOf(records.NewId()));
            var started = Started(records);
            await records.ClaimAsync(started, Token);
            keys.Add(ExecutionId.KeyOf(started.Id));
        }

        await using var reopened = Open(time: new FakeTimeProvider(new DateTimeOffset(2029, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        keys.AddRange(Enumerable.Range(0, 1000).AsParallel().Select(_ => ExecutionId.KeyOf(reopened.NewId())).ToArray().Order());

        keys.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task A_hundred_thousand_jobs_are_seen_at_once_and_remembered()
    {
        var names = Enumerable.Range(0, 100_000).Select(i => $"job-{i}").ToArray();
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using (var records = Open(time: time))
        {
            await records.SeeAsync(names[..1], Token);
            time.Advance(TimeSpan.FromDays(1));
            await records.SeeAsync(names, Token);
        }

        time.Advance(TimeSpan.FromDays(1));
        await using var reopened = Open(time: time);
        var seen = await reopened.SeeAsync(names, Token);

        seen.Should().HaveCount(100_000);
        seen["job-0"].FirstSeenAt.Should().Be(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        seen["job-99999"].FirstSeenAt.Should().Be(new DateTimeOffset(2030, 1, 2, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_failing_chain_makes_a_failure_of_a_success()
    {
        await using var records = Open();
        var before = await RunAsync(records);
        var started = Started(records);
        await records.ClaimAsync(started, Token);
        await records.FinishAsync(Finished(started), Result(Finished(started)), hasSteps: true, Token);
        records.LastStatusOf("backup").Should().Be(ExecutionStatus.Succeeded);

        await records.EndProcessingAsync(Finished(started, ExecutionStatus.Failed), null, [], Token);

        records.LastStatusOf("backup").Should().Be(ExecutionStatus.Failed);
        records.Histories().Single().Should().BeEquivalentTo(new
        {
            SuccessCount = 1,
            ErrorCount = 1,
            LastSuccessAt = before.FinishedAt,
            LastErrorAt = Finished(started).FinishedAt,
            LastDueAt = started.ScheduledAt,
        });
    }

    [Fact]
    public async Task A_corrected_clock_stays_corrected_after_a_restart_though_an_execution_of_the_wrong_time_is_open()
    {
        var noon = new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
        await using (var records = Open(time: new FakeTimeProvider(noon.AddHours(30))))
        {
            await records.ClaimAsync(Started(records), Token);
            records.LastDueAt("backup").Should().BeAfter(noon.AddHours(29));
            await records.ClockCorrectedAsync(noon, Token);
        }

        await using var reopened = Open(time: new FakeTimeProvider(noon.AddHours(10)));

        reopened.LastDueAt("backup").Should().Be(noon);
    }

    [Fact]
    public async Task A_second_end_of_processing_is_not_counted_twice()
    {
        await using var records = Open();
        var finished = await RunAsync(records, status: ExecutionStatus.Failed);

        await records.EndProcessingAsync(finished, null, [], Token);
        await records.EndProcessingAsync(finished with { Status = ExecutionStatus.Succeeded, Error = null }, null, [], Token);

        records.Histories().Single().Should().BeEquivalentTo(new { SuccessCount = 1, ErrorCount = 0, LastStatus = ExecutionStatus.Succeeded });
    }

    [Theory]
    [InlineData(ExecutionStatus.Succeeded, true)]
    [InlineData(ExecutionStatus.Failed, false)]
    public async Task A_success_whose_processors_have_not_ended_is_known_as_such_also_after_a_restart(ExecutionStatus end, bool hasSucceeded)
    {
        ExecutionInfo finished;
        await using (var records = Open())
        {
            var started = Started(records);
            await records.ClaimAsync(started, Token);
            finished = Finished(started);
            await records.FinishAsync(finished, Result(finished), hasSteps: true, Token);
            records.Histories().Single().Should().BeEquivalentTo(new { IsSucceeding = true, HasSucceeded = false });
        }

        await using var reopened = Open();
        var before = reopened.Histories().Single();
        await reopened.EndProcessingAsync(finished with { Status = end }, null, [], Token);

        before.Should().BeEquivalentTo(new { IsSucceeding = true, HasSucceeded = false });
        reopened.Histories().Single().Should().BeEquivalentTo(new { IsSucceeding = false, HasSucceeded = hasSucceeded });
    }

    [Fact]
    public async Task A_success_of_a_job_as_it_was_is_none_of_the_job_as_it_is()
    {
        await using var records = Open();
        var started = Started(records);
        await records.WatchAsync([new WatchedJob(started.JobName, 1)], Token);
        await records.ClaimAsync(started, Token);
        await records.FinishAsync(Finished(started), Result(Finished(started)), hasSteps: true, Token);

        var edited = await records.WatchAsync([new WatchedJob(started.JobName, 2)], Token);
        await records.EndProcessingAsync(Finished(started), null, [], Token);

        edited.Single().IsSucceeding.Should().BeFalse();
        records.Histories().Single().HasSucceeded.Should().BeFalse();
    }

    [Fact]
    public async Task A_claimed_execution_that_is_skipped_is_no_failure()
    {
        await using var records = Open();
        var failure = await RunAsync(records, status: ExecutionStatus.Failed);
        var success = await RunAsync(records);
        var started = Started(records);
        await records.ClaimAsync(started, Token);
        var skipped = started with { Status = ExecutionStatus.Skipped, Error = "the host was stopping" };

        await records.FinishAsync(skipped, Result(skipped), hasSteps: false, Token);

        records.Find(skipped.Id)!.IsProcessed.Should().BeTrue();
        records.Histories().Single().Should().BeEquivalentTo(new
        {
            SuccessCount = 1,
            ErrorCount = 1,
            LastSuccessAt = success.FinishedAt,
            LastErrorAt = failure.FinishedAt,
            LastStatus = ExecutionStatus.Succeeded,
        });
    }

    [Theory]
    [InlineData(ExecutionStatus.Succeeded, ExecutionStatus.Failed)]
    [InlineData(ExecutionStatus.Failed, ExecutionStatus.Succeeded)]
    public async Task What_became_of_an_execution_at_last_says_which_success_and_failure_are_the_last(ExecutionStatus first, ExecutionStatus last)
    {
        await using var records = Open();
        var earlier = await RunAsync(records, status: first);
        var finished = await RunAsync(records, status: first);

        await records.ReopenAsync([finished], Token);
        var changed = Finished(finished, last);
        await records.EndProcessingAsync(changed, null, [], Token);

        var times = new Dictionary<ExecutionStatus, DateTimeOffset?> { [first] = earlier.FinishedAt, [last] = changed.FinishedAt };
        records.Histories().Single().Should().BeEquivalentTo(new
        {
            SuccessCount = 1,
            ErrorCount = 1,
            LastSuccessAt = times[ExecutionStatus.Succeeded],
            LastErrorAt = times[ExecutionStatus.Failed],
            LastStatus = last,
        });
    }

    [Fact]
    public async Task A_write_that_is_wrong_fails_alone()
    {
        await using var records = Open();
        var tasks = Enumerable.Range(0, 20).Select(i => i == 10
            ? records.EndProcessingAsync(Finished(Started(records)), null, [], Token)   // never claimed
            : records.ClaimAsync(Started(records), Token)).ToArray();

        await Assert.ThrowsAsync<ArgumentException>(() => tasks[10]);
        await Task.WhenAll(tasks.Where((_, i) => i != 10));

        records.List(new ExecutionQuery(), Token).Should().HaveCount(19);
    }

    [Fact]
    public async Task After_one_write_that_is_wrong_the_others_share_a_transaction()
    {
        await using var records = Open();
        using var names = new HeldNames();
        var held = records.SeeAsync(names, Token);
        names.AreRead.Wait(Token);
        var wrong = records.EndProcessingAsync(Finished(Started(records)), null, [], Token);   // never claimed
        var claims = Enumerable.Range(0, 50).Select(_ => records.ClaimAsync(Started(records), Token)).ToArray();
        var before = Commits();

        names.GoOn.Set();
        await Assert.ThrowsAsync<ArgumentException>(() => wrong);
        await held;
        await Task.WhenAll(claims);

        (Commits() - before).Should().Be(2, "one for what was held, one for all claims");
    }

    [Fact]
    public async Task A_start_that_came_later_than_the_claim_is_kept()
    {
        await using var records = Open();
        var started = Started(records);
        await records.ClaimAsync(started, Token);
        var finished = Finished(started with { StartedAt = started.StartedAt.AddSeconds(5) });

        await records.FinishAsync(finished, Result(finished), hasSteps: false, Token);

        records.Find(started.Id)!.Info.Should().Be(finished);
        records.List(new ExecutionQuery { Since = started.StartedAt.AddSeconds(4) }, Token).Should().ContainSingle();
    }

    [Fact]
    public async Task A_job_document_is_kept_once_for_all_who_ran_it()
    {
        await using var records = Open();
        for (var i = 0; i < 5; i++)
        {
            await records.ClaimAsync(Started(records), i < 4 ? "old" : "new", Token);
        }

        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Database}");
        connection.Open();
        RecordSchema.Number(connection, "SELECT count(*) FROM documents").Should().Be(2);
        records.Unfinished().Select(record => record.Document).Should().Equal("old", "old", "old", "old", "new");
    }

    private long Commits()
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Database}");
        connection.Open();
        return CommitMark.Counted(connection);
    }

    /// <summary>Holds up the writer, on whose thread it is read, until all that is to be in its next transaction waits.</summary>
    private sealed class HeldNames : IReadOnlyCollection<string>, IDisposable
    {
        public ManualResetEventSlim AreRead { get; } = new();

        public ManualResetEventSlim GoOn { get; } = new();

        public int Count => 1;

        public IEnumerator<string> GetEnumerator()
        {
            AreRead.Set();
            GoOn.Wait(Token);
            yield return "backup";
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public void Dispose()
        {
            AreRead.Dispose();
            GoOn.Dispose();
        }
    }
}
