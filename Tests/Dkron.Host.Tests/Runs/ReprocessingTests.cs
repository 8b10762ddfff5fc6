using System.Security.Cryptography;
using Dkron.Abstractions;
using Dkron.Host.Records;
using Dkron.Host.Tests.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dkron.Host.Tests.Runs;

public sealed class ReprocessingTests : IDisposable
{
    private const string Document = """{ "name": "a", "displayname": "a", "owner": "", "owner_email": "", "schedule": "", "tags": {}, "metadata": {}, "max_output": 1024, "processors": { "gone": { "on_error": "fail" } } }""";

    private readonly RunsFolder _folder = new();

    public ReprocessingTests() => RunsHost.Write(_folder.Path, new { a = new { schedule = "@manually", command = "true" } });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_its_own_steps_made_a_failure_of_is_what_its_command_made_of_it_when_it_is_processed_anew()
    {
        var id = await LeaveResultAsync();
        await using var host = await RunsHost.StartAsync(_folder.Path);
        await ProcessedAsync(host, id);
        var failed = host.Records.Find(id)!;
        failed.Info.Status.Should().Be(ExecutionStatus.Failed, "a step with on_error fail could not be called");
        failed.Info.Error.Should().Be("processor gone: plugin 'gone' is not installed");
        failed.RawOutput.ToString().Should().Be("raw");
        host.Records.Deliveries.DeadLetters("a", before: null, 10).Should().ContainSingle();

        var (taken, passedOver) = await host.Reprocessing.AskAsync([id], step: null, deadOnly: false, Token);

        passedOver.Should().BeEmpty();
        taken.Should().Equal(id);
        await Wait.Until(() => host.Records.Find(id) is { IsProcessed: true, HasDeliveries: true });
        host.Records.HistoryOf("a").Should().BeEquivalentTo(new { SuccessCount = 0, ErrorCount = 1 });
        host.Records.Deliveries.Of(id).Should().ContainSingle().Which.Delivery.Tries.Should().Be(1, "it begins anew");
    }

    [Fact]
    public async Task One_step_has_all_its_tries_again_and_counts_on()
    {
        var id = await LeaveResultAsync();
        await using var host = await RunsHost.StartAsync(_folder.Path);
        await ProcessedAsync(host, id);

        await host.Reprocessing.AskAsync([id], "gone", deadOnly: false, Token);

        // Its plugin is missing still, and what was tried before is not less of a delivery for that.
        await Wait.Until(() => host.Records.Deliveries.Of(id) is [{ Delivery: { Tries: 2, State: DeliveryState.Waiting } }]);
        host.Records.Deliveries.Of(id)[0].Delivery.EarlierTries.Should().Be(1);
        host.Records.Find(id)!.Outcomes[0].State.Should().Be(OutcomeState.Retrying);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gone")]
    public async Task Of_two_steps_of_one_processor_only_the_dead_letter_is_tried_again(string? step)
    {
        var id = await LeaveDeadLetterBesideDeliveredAsync();
        await using var host = await RunsHost.StartAsync(_folder.Path);

        var (taken, passedOver) = await host.Reprocessing.AskAsync([id], step, deadOnly: true, Token);

        (taken, passedOver).Should().BeEquivalentTo((new[] { id }, Array.Empty<string>()));
        await Wait.Until(() => host.Records.Deliveries.Of(id) is [.., { Delivery: { Tries: 5, EarlierTries: 4 } }]);
        host.Records.Deliveries.Of(id).Should().ContainSingle().Which.Delivery.Step.Should().Be(1);
        host.Records.Find(id)!.Outcomes.Select(outcome => outcome.State).Should().Equal(OutcomeState.Succeeded, OutcomeState.Retrying);
    }

    [Fact]
    public async Task Where_no_dead_letter_is_left_nothing_is_called_and_that_is_told()
    {
        var id = await LeaveDeadLetterBesideDeliveredAsync();
        await using var host = await RunsHost.StartAsync(_folder.Path);
        await host.Reprocessing.AskAsync([id], step: null, deadOnly: true, Token);
        await Wait.Until(() => host.Records.Deliveries.Of(id) is [{ Delivery.Tries: 5 }] && !host.Room.IsIn(id));

        var all = await host.Reprocessing.AskAsync([id], step: null, deadOnly: true, Token);
        var one = await host.Reprocessing.AskAsync([id], "other", deadOnly: true, Token);

        (all.Taken.Count, one.Taken.Count).Should().Be((0, 0));
        all.PassedOver.Should().Equal($"execution {id} has no dead letter any more");
        one.PassedOver.Should().Equal($"execution {id} has no dead letter of 'other' any more");
    }

    [Fact]
    public async Task What_cannot_be_processed_again_is_passed_over_with_a_reason()
    {
        var id = await LeaveResultAsync();
        await using var host = await RunsHost.StartAsync(_folder.Path);
        await ProcessedAsync(host, id);
        var without = await host.RunAsync("a");
        await ProcessedAsync(host, without.Id);

        var all = await host.Reprocessing.AskAsync(["7-node-1", without.Id], step: null, deadOnly: false, Token);
        var one = await host.Reprocessing.AskAsync([id], "nope", deadOnly: false, Token);

        all.Taken.Should().BeEmpty();
        all.PassedOver.Should().Equal("there is no execution '7-node-1'; dkron executions lists them", $"execution {without.Id} has no processors");
        one.PassedOver.Should().Equal($"execution {id} has no step 'nope'; its processors are gone");
    }

    [Fact]
    public async Task An_execution_whose_output_cannot_be_read_is_passed_over_and_keeps_no_other_from_being_processed()
    {
        var (unreadable, other) = (await LeaveProcessedAsync(), await LeaveProcessedAsync());
        File.Delete(Directory.GetFiles(_folder.At("data/output"), $"{unreadable}*", SearchOption.AllDirectories).Single());
        await using var host = await RunsHost.StartAsync(_folder.Path);

        var (taken, passedOver) = await host.Reprocessing.AskAsync([unreadable, other], "gone", deadOnly: false, Token);

        taken.Should().Equal(other);
        passedOver.Should().ContainSingle().Which.Should().StartWith($"execution {unreadable}: ");
        host.Records.Deliveries.Of(unreadable).Should().BeEmpty();
    }

    [Fact]
    public async Task A_damaged_delivery_becomes_a_dead_letter_and_is_not_tried()
    {
        var id = await LeaveResultAsync();
        await using (var before = await RunsHost.StartAsync(_folder.Path))
        {
            await Wait.Until(() => before.Records.Find(id)!.IsProcessed);
        }

        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_folder.At("data/records.db")};Pooling=False"))
        {
            connection.Open();
            RecordSchema.Execute(connection, "UPDATE deliveries SET state = 0, tries = 99");
        }

        await using var host = await RunsHost.StartAsync(_folder.Path);
        await Wait.Until(() => host.Records.Deliveries.Counts() == new DeliveryCounts(0, 1));

        host.Records.Deliveries.Of(id).Should().ContainSingle().Which.Delivery.Reason.Should().Contain("checksum");
        host.Records.Check(Token).Should().BeEmpty("it is told as what it is now");
    }

    /// <summary>On record as processed, and let go by whoever did it.</summary>
    private static Task ProcessedAsync(RunsHost host, string id) => Wait.Until(() => host.Records.Find(id)!.IsProcessed && !host.Room.IsIn(id));

    /// <summary>Two steps of one processor: the first has delivered, the second was given up.</summary>
    private async Task<string> LeaveDeadLetterBesideDeliveredAsync()
    {
        await using var records = ExecutionRecords.Open(_folder.At("data"), "node-1", new RecordOptions(), TimeProvider.System, NullLogger.Instance);
        var started = RecordsFolder.Started(records, "a");
        await records.ClaimAsync(started, Document.Replace("""{ "gone": { "on_error": "fail" } }""", """[{ "name": "gone" }, { "name": "gone" }]""", StringComparison.Ordinal), Token);
        var finished = RecordsFolder.Finished(started);
        await records.FinishAsync(finished, RecordsFolder.Result(finished, ExecutionOutput.FromText("raw")), hasSteps: true, Token);
        var dead = new StepDelivery { Key = ExecutionId.KeyOf(finished.Id), Step = 1, Processor = "gone", Tries = 4, At = finished.FinishedAt, Reason = "no route", State = DeliveryState.Dead };
        await records.EndProcessingAsync(
            new ProcessingEnd { Info = finished, Outcomes = [RecordsFolder.Outcome("gone"), RecordsFolder.Outcome("gone", OutcomeState.Failed)], Deliveries = [new DeliveryWrite(dead, null)] },
            Token);
        return finished.Id;
    }

    /// <summary>Two steps that have worked, and a large output that the first one made.</summary>
    private async Task<string> LeaveProcessedAsync()
    {
        await using var records = ExecutionRecords.Open(_folder.At("data"), "node-1", new RecordOptions(), TimeProvider.System, NullLogger.Instance);
        var started = RecordsFolder.Started(records, "a");
        await records.ClaimAsync(started, Document.Replace("""{ "gone": { "on_error": "fail" } }""", """{ "first": {}, "gone": {} }""", StringComparison.Ordinal), Token);
        var finished = RecordsFolder.Finished(started);
        await records.FinishAsync(finished, RecordsFolder.Result(finished, ExecutionOutput.FromText("raw")), hasSteps: true, Token);
        var output = ExecutionOutput.FromBytes(RandomNumberGenerator.GetBytes(2 * OutputStore.LargestInDatabase));
        await records.EndProcessingAsync(finished, output, [RecordsFolder.Outcome("first"), RecordsFolder.Outcome("gone")], Token);
        return finished.Id;
    }

    /// <summary>What a host leaves that was killed between a result and its processors.</summary>
    private async Task<string> LeaveResultAsync()
    {
        await using var before = await RunsHost.StartAsync(_folder.Path);
        var started = RecordsFolder.Started(before.Records, "a");
        await before.Records.ClaimAsync(started, Document, Token);
        var finished = RecordsFolder.Finished(started);
        await before.Records.FinishAsync(finished, RecordsFolder.Result(finished, ExecutionOutput.FromText("raw")), hasSteps: true, Token);
        return finished.Id;
    }
}
