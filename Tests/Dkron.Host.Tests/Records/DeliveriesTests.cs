using System.Security.Cryptography;
using System.Text;
using Dkron.Abstractions;
using Dkron.Host.Records;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Records;

public sealed class DeliveriesTests : RecordsFolder
{
    private static readonly DateTimeOffset Due = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DeliveryReader.UnprocessedOldestFirst)]
    [InlineData($"SELECT key FROM executions WHERE {RecordStatements.IsDoneWith}")]
    public async Task What_waits_of_an_execution_is_found_by_the_execution_and_not_among_all_that_waits(string query)
    {
        await using var records = Open();
        using var connection = new SqliteConnection($"Data Source={Database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = DatabaseConnections.Command(connection, $"EXPLAIN QUERY PLAN {query}");
        command.Parameters.AddWithValue("$limit", 1);

        using var reader = command.ExecuteReader();
        var plan = new List<string>();
        while (reader.Read())
        {
            plan.Add(reader.GetString(3));
        }

        plan.Should().ContainSingle(step => step.Contains(" d ", StringComparison.Ordinal)).Which.Should().Contain("execution=?");
    }

    [Fact]
    public async Task A_step_is_on_record_together_with_the_output_that_it_made()
    {
        ExecutionInfo info;
        await using (var records = Open())
        {
            info = await ResultAsync(records);
            records.NoteOutcome(info.Id, new StepNote { Step = 0, Outcome = Outcome("upper"), Output = ExecutionOutput.FromText("RAW") });
            records.NoteOutcome(info.Id, 1, Outcome("log"));
        }

        await using var reopened = Open();
        var record = reopened.Find(info.Id)!;

        record.Outcomes.Select(outcome => outcome.Name).Should().Equal("upper", "log");
        record.Output.ToString().Should().Be("RAW");
        record.RawOutput.ToString().Should().Be("raw");
        record.IsProcessed.Should().BeFalse();
        reopened.Deliveries.Unprocessed(10).Should().Equal(info.Id);
        reopened.Check(Token).Should().BeEmpty();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3_000_000)]
    public async Task An_execution_that_waits_for_a_step_keeps_its_output_and_what_it_waits_for(int length)
    {
        ExecutionInfo info;
        var output = new string('x', length) + Guid.NewGuid();
        await using (var records = Open())
        {
            info = await ResultAsync(records);
            for (var tries = 1; tries <= 2; tries++)
            {
                await records.EndProcessingAsync(Suspended(info, output + tries, Waiting(info, step: 1) with { Tries = tries, Holds = true }), Token);
            }
        }

        await using var reopened = Open();

        var record = reopened.Find(info.Id)!;
        record.Output.ToString().Should().Be(output + 2);
        record.IsProcessed.Should().BeFalse();
        reopened.Deliveries.Unprocessed(10).Should().BeEmpty("it waits for a step, not for a place");
        var due = reopened.Deliveries.Due(Due, 10).Should().ContainSingle().Subject;
        due.Should().Be(new ExecutionDelivery(Waiting(info, step: 1) with { Tries = 2, Holds = true }, info.Id, "backup"));
        reopened.Deliveries.InputOf(due.Delivery, record).ToString().Should().Be(output + 2);
        reopened.Check(Token).Should().BeEmpty();
    }

    [Fact]
    public async Task An_execution_that_comes_to_wait_for_a_later_step_waits_for_the_earlier_one_no_more()
    {
        await using var records = Open();
        var info = await ResultAsync(records);
        await records.EndProcessingAsync(Suspended(info, "raw", Waiting(info) with { Holds = true }), Token);

        await records.EndProcessingAsync(Suspended(info, "upper", Waiting(info, step: 1) with { Holds = true }), Token);

        records.Deliveries.Due(Due, 10).Should().ContainSingle().Which.Delivery.Step.Should().Be(1);
        records.Deliveries.Counts().Should().Be(new DeliveryCounts(1, 0));
    }

    [Fact]
    public async Task Nothing_is_due_before_its_time_and_the_next_time_is_known()
    {
        await using var records = Open();
        var info = await ResultAsync(records);
        await EndAsync(records, info, Waiting(info));

        records.Deliveries.Due(Due.AddTicks(-1), 10).Should().BeEmpty();
        records.Deliveries.NextDueAfter(Due.AddTicks(-1)).Should().Be(Due);
        records.Deliveries.NextDueAfter(Due).Should().BeNull();
        records.Deliveries.Counts().Should().Be(new DeliveryCounts(1, 0));
    }

    [Fact]
    public async Task A_late_success_changes_its_own_outcome_and_the_output_only_when_it_is_given()
    {
        await using var records = Open();
        var info = await ResultAsync(records);
        await EndAsync(records, info, Waiting(info, step: 0), Waiting(info, step: 1));

        await records.EndTryAsync(info.Id, 0, Outcome("send"), output: null, next: null, Token);

        records.Find(info.Id)!.Outcomes.Select(outcome => outcome.State).Should().Equal(OutcomeState.Succeeded, OutcomeState.Retrying);
        records.Find(info.Id)!.Output.ToString().Should().Be("processed");
        records.Deliveries.Of(info.Id).Should().ContainSingle().Which.Delivery.Step.Should().Be(1);

        await records.EndTryAsync(info.Id, 1, Outcome("send"), ExecutionOutput.FromText("late"), next: null, Token);

        records.Find(info.Id)!.Output.ToString().Should().Be("late");
        records.Find(info.Id)!.HasDeliveries.Should().BeFalse();
        records.Deliveries.Counts().Should().Be(new DeliveryCounts(0, 0));
        records.Check(Token).Should().BeEmpty();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3_000_000)]
    public async Task What_a_step_got_is_kept_until_it_worked(int length)
    {
        await using var records = Open();
        var info = await ResultAsync(records);
        var given = Noise(length);
        var delivery = Waiting(info) with { HasInput = true };
        await records.EndProcessingAsync(End(info, [DeliveryWrite.With(delivery, ExecutionOutput.FromText(given))]), Token);

        await records.EndTryAsync(info.Id, 0, Outcome("send", OutcomeState.Failed), output: null, new DeliveryWrite(delivery with { Tries = 2, State = DeliveryState.Dead }, null), Token);

        var dead = records.Deliveries.DeadLetters("backup", before: null, 10).Should().ContainSingle().Subject;
        (dead.Delivery.Tries, dead.JobName, dead.ExecutionId).Should().Be((2, "backup", info.Id));
        records.Deliveries.InputOf(dead.Delivery, records.Find(info.Id)!).ToString().Should().Be(given);
        records.Deliveries.DeadLetters("another", before: null, 10).Should().BeEmpty();
        records.Check(Token).Should().BeEmpty();
    }

    [Fact]
    public async Task What_a_step_got_lies_in_a_file_when_it_is_large_and_goes_when_the_step_has_worked()
    {
        ExecutionInfo info;
        await using (var records = Open())
        {
            info = await ResultAsync(records);
            var input = ExecutionOutput.FromText(Noise(3_000_000)).WithOmitted(7, 5);
            await records.EndProcessingAsync(End(info, [DeliveryWrite.With(Waiting(info), input), DeliveryWrite.With(Waiting(info, step: 1), input)]), Token);
        }

        InputFiles().Should().HaveCount(2);
        FileBytes().Should().Be(InputFiles().Sum(file => file.Length));
        await using (var records = Open())
        {
            var given = records.Deliveries.InputOf(records.Deliveries.Of(info.Id)[0].Delivery, records.Find(info.Id)!);
            (given.IsInMemory, given.Length, given.OmittedBytes, given.OmittedAt).Should().Be((false, 3_000_000, 7, 5));
            await records.EndTryAsync(info.Id, 0, Outcome("send"), output: null, next: null, Token);
        }

        InputFiles().Should().ContainSingle().Which.Name.Should().Contain(".input1");
        FileBytes().Should().Be(InputFiles().Single().Length);
        await using (var records = Open())
        {
            (await records.ReopenAsync([info], Token)).Should().Equal(info.Id);
        }

        InputFiles().Should().BeEmpty();
        FileBytes().Should().Be(0);
    }

    [Fact]
    public async Task A_step_is_a_dead_letter_when_what_it_got_cannot_be_kept_because_it_cannot_be_read_any_more()
    {
        await using var records = Open();
        var info = await ResultAsync(records);
        var lost = new ExecutionOutput(3_000_000, () => throw new RecordsException("it is damaged"));

        await records.EndProcessingAsync(End(info, [DeliveryWrite.With(Waiting(info), lost)]), Token);

        var dead = records.Deliveries.DeadLetters("backup", before: null, 10).Should().ContainSingle().Subject.Delivery;
        dead.Reason.Should().Be("no route; and what it was given cannot be read any more: it is damaged");
        var record = records.Find(info.Id)!;
        (record.IsProcessed, record.Outcomes.Single().State, record.Outcomes.Single().Error).Should().Be((true, OutcomeState.Failed, dead.Reason));
        FluentActions.Invoking(() => records.Deliveries.InputOf(dead, record)).Should().Throw<RecordsException>("it is never given anything else").WithMessage("*not kept any more*");
        records.Check(Token).Should().ContainSingle().Which.Should().EndWith("what one of its steps is to be given is missing");
        await FluentActions.Awaiting(() => records.RequeueAsync(info.Id, DeliveryWrite.With(dead, lost), Token)).Should().ThrowAsync<RecordsException>();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_step_got_is_kept_though_it_cannot_be_read_for_a_moment(bool isAtLateTry)
    {
        await using var records = Open();
        var info = await ResultAsync(records);
        var given = Noise(100_000);
        var reads = 0;
        var input = new ExecutionOutput(given.Length, () => reads++ == 0 ? throw new RecordsException("it cannot be read", new UnauthorizedAccessException()) : new MemoryStream(Encoding.UTF8.GetBytes(given)));
        if (isAtLateTry)
        {
            await EndAsync(records, info, Waiting(info));
            await records.EndTryAsync(info.Id, 0, Outcome("send", OutcomeState.Retrying), output: null, DeliveryWrite.With(Waiting(info), input), Token);
        }
        else
        {
            await records.EndProcessingAsync(End(info, [DeliveryWrite.With(Waiting(info), input)]), Token);
        }

        var waiting = records.Deliveries.Of(info.Id).Should().ContainSingle().Subject.Delivery;
        var record = records.Find(info.Id)!;
        (waiting.State, record.Outcomes.Single().State).Should().Be((DeliveryState.Waiting, OutcomeState.Retrying));
        records.Deliveries.InputOf(waiting, record).ToString().Should().Be(given);
        records.IsWritable.Should().BeTrue();
        records.Check(Token).Should().BeEmpty();
    }

    [Fact]
    public async Task Without_KeepRaw_the_raw_output_stays_as_long_as_a_step_may_need_it()
    {
        await using var records = Open(new RecordOptions { KeepRaw = false });
        var info = await ResultAsync(records);
        await EndAsync(records, info, Waiting(info));
        records.Find(info.Id)!.RawOutput.ToString().Should().Be("raw");

        await records.EndTryAsync(info.Id, 0, Outcome("send"), output: null, next: null, Token);

        records.Find(info.Id)!.RawOutput.Length.Should().Be(0);
        records.Check(Token).Should().BeEmpty();
    }

    [Fact]
    public async Task An_execution_that_is_opened_again_forgets_its_steps_and_is_counted_once()
    {
        await using var records = Open();
        var info = await ResultAsync(records);
        await EndAsync(records, info with { Status = ExecutionStatus.Failed, Error = "processor send: down" }, Waiting(info) with { State = DeliveryState.Dead });

        (await records.ReopenAsync([info], Token)).Should().Equal(info.Id);

        var record = records.Find(info.Id)!;
        (record.IsProcessed, record.IsReprocessed, record.Info.Status, record.Output.ToString()).Should().Be((false, true, ExecutionStatus.Succeeded, "raw"));
        record.Outcomes.Should().BeEmpty();
        records.Deliveries.Counts().Should().Be(new DeliveryCounts(0, 0));
        records.Deliveries.Unprocessed(10).Should().Equal(info.Id);

        await records.EndProcessingAsync(info, null, [Outcome("send")], Token);

        records.Histories().Single().Should().BeEquivalentTo(new { SuccessCount = 1, ErrorCount = 0 });
        records.Check(Token).Should().BeEmpty();
    }

    [Fact]
    public async Task Dead_letters_go_when_their_execution_is_pruned()
    {
        await using var records = Open(new RecordOptions { MaxExecutionsPerJob = 1 });
        var info = await ResultAsync(records);
        await EndAsync(records, info, Waiting(info) with { State = DeliveryState.Dead });

        for (var i = 0; i < 3; i++)
        {
            await RunAsync(records);
        }

        await UntilAsync(() => records.Find(info.Id) is null);
        records.Deliveries.Counts().Should().Be(new DeliveryCounts(0, 0));
        records.Check(Token).Should().BeEmpty();
    }

    [Theory]
    [InlineData(1, 365)]
    [InlineData(1000, 1)]
    public async Task An_execution_with_a_step_that_waits_is_not_pruned_before_that_step_is_done_with(int maxExecutions, int maxDays)
    {
        var time = new FakeTimeProvider(Due);
        await using var records = Open(new RecordOptions { MaxExecutionsPerJob = maxExecutions, MaxAge = TimeSpan.FromDays(maxDays) }, time);
        var info = await ResultAsync(records);
        await EndAsync(records, info, Waiting(info));
        var other = await RunAsync(records);
        time.Advance(TimeSpan.FromDays(2));
        await RunAsync(records);
        await PrunedAsync(other);
        records.Find(info.Id).Should().NotBeNull("it is the oldest, but its delivery waits");

        await records.EndTryAsync(info.Id, 0, Outcome("send"), output: null, next: null, Token);

        await PrunedAsync(info);
        records.Check(Token).Should().BeEmpty();

        Task PrunedAsync(ExecutionInfo execution) => UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(30));
            return records.Find(execution.Id) is null;
        });
    }

    [Fact]
    public async Task A_damaged_delivery_is_found_and_not_taken_for_one_that_waits()
    {
        await using var records = Open();
        var info = await ResultAsync(records);
        await EndAsync(records, info, Waiting(info));
        Sql("UPDATE deliveries SET tries = 77");

        var due = records.Deliveries.Due(Due, 10).Should().ContainSingle().Subject.Delivery;

        due.State.Should().Be(DeliveryState.Dead);
        records.Deliveries.Of(info.Id).Should().ContainSingle().Which.IsDamaged.Should().BeTrue();
        due.Reason.Should().Contain("checksum").And.Contain("no route");
        records.Check(Token).Should().ContainSingle().Which.Should().Contain("step 0");
    }

    [Theory]
    [InlineData("earlier_tries = NULL", true)]
    [InlineData("reason = NULL", true)]
    [InlineData("has_input = 'text'", true)]
    [InlineData("step = NULL", false)]
    public async Task A_delivery_that_has_no_value_where_there_must_be_one_holds_up_no_other(string change, bool isListed)
    {
        await using var records = Open();
        var (damaged, whole) = (await ResultAsync(records), await ResultAsync(records));
        await EndAsync(records, damaged, Waiting(damaged));
        await EndAsync(records, whole, Waiting(whole));
        SqlWithoutRules("deliveries", $"UPDATE deliveries SET {change} WHERE execution = {ExecutionId.KeyOf(damaged.Id)}");

        var due = records.Deliveries.Due(Due, 10);

        due.Should().ContainSingle(one => one.ExecutionId == whole.Id && one.Delivery.State == DeliveryState.Waiting);
        due.Where(one => one.ExecutionId == damaged.Id).Select(one => one.Delivery.State).Should().Equal(isListed ? [DeliveryState.Dead] : []);
        records.Check(Token).Should().NotBeEmpty();
    }

    [Fact]
    public async Task An_execution_whose_delivery_has_lost_its_step_is_pruned_as_that_step_is_never_tried_again()
    {
        await using var records = Open(new RecordOptions { MaxExecutionsPerJob = 1 });
        var info = await ResultAsync(records);
        await EndAsync(records, info, Waiting(info));
        SqlWithoutRules("deliveries", "UPDATE deliveries SET step = NULL");
        records.Deliveries.Of(info.Id).Should().BeEmpty();

        for (var i = 0; i < 3; i++)
        {
            await RunAsync(records);
        }

        await UntilAsync(() => records.Find(info.Id) is null);
        records.Deliveries.Counts().Should().Be(new DeliveryCounts(0, 0));
    }

    [Fact]
    public async Task An_execution_waits_for_no_delivery_that_has_lost_its_step()
    {
        await using var records = Open();
        var info = await ResultAsync(records);
        await records.EndProcessingAsync(Suspended(info, "upper", Waiting(info, step: 1) with { Holds = true }), Token);

        SqlWithoutRules("deliveries", "UPDATE deliveries SET step = NULL");

        records.Deliveries.Unprocessed(10).Should().Equal(info.Id);
        records.Deliveries.Counts().Should().Be(new DeliveryCounts(0, 0));
    }

    [Fact]
    public async Task A_delivery_that_is_gone_without_a_trace_is_found()
    {
        await using var records = Open();
        var info = await ResultAsync(records);
        await EndAsync(records, info, Waiting(info));

        Sql("DELETE FROM deliveries");

        records.Check(Token).Should().ContainSingle().Which.Should().Contain(info.Id);
    }

    private static async Task<ExecutionInfo> ResultAsync(ExecutionRecords records)
    {
        var started = Started(records);
        await records.ClaimAsync(started, Token);
        var finished = Finished(started);
        await records.FinishAsync(finished, Result(finished, ExecutionOutput.FromText("raw")), hasSteps: true, Token);
        return finished;
    }

    /// <summary>What cannot be compressed to a quarter less.</summary>
    private static string Noise(int length) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(length))[..length];

    private FileInfo[] InputFiles() =>
        [.. Directory.GetFiles(Path.Combine(Folder, "output"), "*", SearchOption.AllDirectories).Select(file => new FileInfo(file)).Where(file => file.Name.Contains(".input", StringComparison.Ordinal))];

    private long FileBytes()
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        return RecordSchema.Number(connection, "SELECT value FROM totals WHERE name = 'file_bytes'");
    }

    private static StepDelivery Waiting(ExecutionInfo info, int step = 0) => new()
    {
        Key = ExecutionId.KeyOf(info.Id),
        Step = step,
        Processor = "send",
        Tries = 1,
        At = Due,
        Reason = "no route",
        State = DeliveryState.Waiting,
    };

    private static ProcessingEnd Suspended(ExecutionInfo info, string output, StepDelivery delivery) => new()
    {
        Info = info,
        Output = ExecutionOutput.FromText(output),
        Outcomes = [Outcome("upper"), Outcome("send", OutcomeState.Retrying)],
        Deliveries = [new DeliveryWrite(delivery, null)],
        IsSuspended = true,
    };

    private static ProcessingEnd End(ExecutionInfo info, IReadOnlyList<DeliveryWrite> deliveries) => new()
    {
        Info = info,
        Output = ExecutionOutput.FromText("processed"),
        Outcomes = [.. deliveries.Select(_ => Outcome("send", OutcomeState.Retrying))],
        Deliveries = deliveries,
    };

    private static Task EndAsync(ExecutionRecords records, ExecutionInfo info, params StepDelivery[] deliveries) =>
        records.EndProcessingAsync(End(info, [.. deliveries.Select(delivery => new DeliveryWrite(delivery, null))]), Token);
}
