using Dkron.Abstractions;
using Dkron.Host.Records;
using Dkron.Host.Tests.Plugins;
using Dkron.Host.Tests.Records;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Runs;

public sealed class DamagedDeliveryTests : IDisposable
{
    private readonly RunsFolder _folder = new();

    public DamagedDeliveryTests() => RunsHost.Write(_folder.Path, new { a = new { schedule = "@manually", command = "true" } });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_step_of_an_execution_whose_record_is_damaged_is_tried_again(bool holds)
    {
        var id = await LeaveWaitingAsync("stop", holds);
        Sql("UPDATE executions SET exit_code = 7");

        var log = new CollectingLog();
        await using var host = await RunsHost.StartAsync(_folder.Path, loggers: log);
        await Wait.Until(() => log.Errors.Any(error => error.Contains("its record is damaged", StringComparison.Ordinal)) && !host.Room.IsIn(id));

        log.Errors.Should().ContainSingle();
        log.Entries.Should().NotContain(entry => entry.Message.Contains("processor gone", StringComparison.Ordinal));
        host.Records.Deliveries.Of(id).Should().ContainSingle().Which.Delivery.State.Should().Be(DeliveryState.Waiting);
    }

    [Theory]
    [InlineData("stop", "tries = 99", ExecutionStatus.Succeeded)]
    [InlineData("fail", "tries = 99", ExecutionStatus.Failed)]
    [InlineData("fail", "holds = 0", ExecutionStatus.Failed)]
    [InlineData("fail", "state = 1", ExecutionStatus.Failed)]
    public async Task What_waits_for_a_step_of_which_is_remembered_something_damaged_goes_on_as_its_on_error_says(string onError, string change, ExecutionStatus end)
    {
        var id = await LeaveWaitingAsync(onError, holds: true);
        Sql($"UPDATE deliveries SET {change}");

        await using var host = await RunsHost.StartAsync(_folder.Path);
        await Wait.Until(() => host.Records.Find(id)!.IsProcessed);

        var record = host.Records.Find(id)!;
        record.Info.Status.Should().Be(end);
        record.Outcomes.Select(outcome => outcome.State).Should().Equal(OutcomeState.Succeeded, OutcomeState.Failed, OutcomeState.Skipped);
        var dead = host.Records.Deliveries.DeadLetters("a", before: null, 10).Should().ContainSingle().Subject.Delivery;
        (dead.Step, dead.Holds).Should().Be((1, false));
        host.Records.Deliveries.InputOf(dead, record).ToString().Should().Be("given");
        host.Records.Check(Token).Should().BeEmpty();
    }

    [Theory]
    [InlineData("DELETE FROM delivery_inputs")]
    [InlineData("UPDATE delivery_inputs SET bytes = CAST('giVen' AS BLOB)")]
    [InlineData("UPDATE delivery_inputs SET encoding = 9")]
    public async Task A_step_is_a_dead_letter_when_what_it_is_to_be_given_cannot_be_read_any_more(string change)
    {
        var id = await LeaveWaitingAsync("continue", holds: false);
        Sql(change);

        await using var host = await RunsHost.StartAsync(_folder.Path);
        await Wait.Until(() => host.Records.Deliveries.Of(id) is [{ Delivery.State: DeliveryState.Dead }]);

        host.Records.Deliveries.Of(id)[0].Delivery.Reason.Should().StartWith("no route; and what it was given cannot be read any more: ");
        host.Records.Find(id)!.Outcomes.Select(outcome => outcome.State).Should().Equal(OutcomeState.Succeeded, OutcomeState.Failed, OutcomeState.Succeeded);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_step_of_which_is_remembered_something_damaged_gets_what_it_got_when_an_operator_asks_for_it(bool deadOnly, bool isDead)
    {
        var id = await LeaveWaitingAsync("continue", holds: false);
        Sql($"UPDATE deliveries SET has_input = 0, holds = 1, tries = 5, state = {(isDead ? 1 : 0)}");
        // By this clock nothing is due yet, so that the operator comes first.
        await using var host = await RunsHost.StartAsync(_folder.Path, new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(-1)));

        var (taken, _) = await host.Reprocessing.AskAsync([id], deadOnly ? null : "gone", deadOnly, Token);

        taken.Should().Equal(id);
        await Wait.Until(() => host.Records.Deliveries.Of(id) is [{ IsDamaged: false, Delivery: { Tries: 6, EarlierTries: 5 } }] && !host.Room.IsIn(id));
        var waiting = host.Records.Deliveries.Of(id)[0].Delivery;
        (waiting.Step, waiting.State, waiting.Holds).Should().Be((1, DeliveryState.Waiting, false));
        host.Records.Deliveries.InputOf(waiting, host.Records.Find(id)!).ToString().Should().Be("given");
    }

    [Fact]
    public async Task A_step_of_which_is_remembered_whether_its_input_is_kept_and_that_is_damaged_is_a_dead_letter_with_what_it_got()
    {
        var id = await LeaveWaitingAsync("continue", holds: false);
        Sql("UPDATE deliveries SET has_input = 0");

        await using var host = await RunsHost.StartAsync(_folder.Path);
        await Wait.Until(() => host.Records.Deliveries.Of(id) is [{ IsDamaged: false, Delivery.State: DeliveryState.Dead }]);

        host.Records.Deliveries.InputOf(host.Records.Deliveries.Of(id)[0].Delivery, host.Records.Find(id)!).ToString().Should().Be("given");
        host.Records.Check(Token).Should().BeEmpty();
    }

    [Theory]
    [InlineData("continue", "UPDATE deliveries SET step = 0", OutcomeState.Succeeded)]
    [InlineData("continue", "UPDATE deliveries SET processor = 'gonf'", OutcomeState.Succeeded)]
    [InlineData("continue", "DELETE FROM deliveries", OutcomeState.Retrying)]
    [InlineData("stop", "UPDATE deliveries SET step = 0", OutcomeState.Skipped)]
    [InlineData("stop", "UPDATE deliveries SET processor = 'gonf'", OutcomeState.Skipped)]
    [InlineData("stop", "DELETE FROM deliveries", OutcomeState.Skipped)]
    public async Task A_step_that_waits_is_a_dead_letter_when_it_is_not_remembered_as_what_it_is_and_no_other_step_is_taken_for_it(string onError, string change, OutcomeState last)
    {
        var holds = onError == "stop";
        var id = await LeaveWaitingAsync(onError, holds);
        Sql(change);

        await using var host = await RunsHost.StartAsync(_folder.Path);
        if (last == OutcomeState.Retrying)
        {
            // Nothing leads to it but an operator.
            await host.Reprocessing.AskAsync([id], step: null, deadOnly: true, Token);
            await Wait.Until(() => host.Records.Deliveries.Of(id) is [{ Delivery.Tries: 2 }] && !host.Room.IsIn(id));
            host.Records.Deliveries.InputOf(host.Records.Deliveries.Of(id)[0].Delivery, host.Records.Find(id)!).ToString().Should().Be("given");
            return;
        }

        // What is damaged is set aside after the dead letter is written.
        await Wait.Until(() => host.Records.Find(id)!.IsProcessed
            && host.Records.Deliveries.Of(id) is [.., { IsDamaged: false, Delivery: { Step: 1, State: DeliveryState.Dead } }]
            && host.Records.Deliveries.Counts().Waiting == 0);

        var record = host.Records.Find(id)!;
        record.Outcomes.Select(outcome => outcome.State).Should().Equal(OutcomeState.Succeeded, OutcomeState.Failed, last);
        var dead = host.Records.Deliveries.Of(id)[^1].Delivery;
        (dead.Processor, dead.Holds).Should().Be(("gone", false));
        host.Records.Deliveries.InputOf(dead, record).ToString().Should().Be("given");
        host.Records.Deliveries.Of(id).SkipLast(1).Should().NotContain(one => !one.IsDamaged, "nothing is signed of which nobody knows what it is");
    }

    /// <summary>An execution whose second of three steps did not work and is due again.</summary>
    /// <remarks><paramref name="holds"/>: whether the third one waits for it.</remarks>
    private async Task<string> LeaveWaitingAsync(string onError, bool holds)
    {
        var document = $$"""
            { "name": "a", "displayname": "a", "owner": "", "owner_email": "", "schedule": "", "tags": {}, "metadata": {}, "max_output": 1024,
              "processors": [{ "name": "first" }, { "name": "gone", "on_error": "{{onError}}", "retries": 3 }, { "name": "last" }] }
            """;
        await using var records = ExecutionRecords.Open(_folder.At("data"), "node-1", new RecordOptions(), TimeProvider.System, NullLogger.Instance);
        var started = RecordsFolder.Started(records, "a");
        await records.ClaimAsync(started, document, Token);
        var finished = RecordsFolder.Finished(started);
        await records.FinishAsync(finished, RecordsFolder.Result(finished, ExecutionOutput.FromText("raw")), hasSteps: true, Token);
        var waiting = new StepDelivery { Key = ExecutionId.KeyOf(finished.Id), Step = 1, Processor = "gone", Tries = 1, At = started.StartedAt, Reason = "no route", State = DeliveryState.Waiting, Holds = holds };
        var given = ExecutionOutput.FromText("given");
        ProcessorOutcome[] outcomes = [RecordsFolder.Outcome("first"), RecordsFolder.Outcome("gone", OutcomeState.Retrying)];
        await records.EndProcessingAsync(
            new ProcessingEnd
            {
                Info = finished,
                Output = given,
                Outcomes = holds ? outcomes : [.. outcomes, RecordsFolder.Outcome("last")],
                Deliveries = [holds ? new DeliveryWrite(waiting, null) : DeliveryWrite.With(waiting, given)],
                IsSuspended = holds,
            },
            Token);
        return finished.Id;
    }

    private void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.At("data/records.db")};Pooling=False");
        connection.Open();
        RecordSchema.Execute(connection, sql);
    }
}
