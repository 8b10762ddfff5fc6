using Dkron.Abstractions;
using Dkron.Host.Records;
using Dkron.Host.Tests.Records;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Runs;

public sealed class InterruptedChainTests : IDisposable
{
    private const string Document =
        """{ "name": "a", "displayname": "a", "owner": "", "owner_email": "", "schedule": "", "tags": {}, "metadata": {}, "max_output": 1024, "processors": { "first": { "retries": 9 }, "second": {} } }""";

    private readonly RunsFolder _folder = new();

    public InterruptedChainTests() => RunsHost.Write(_folder.Path, new { a = new { schedule = "@manually", command = "true" } });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_chain_that_was_cut_off_is_finished_though_an_earlier_step_of_it_is_due()
    {
        ExecutionInfo info;
        await using (var before = ExecutionRecords.Open(_folder.At("data"), "node-1", new RecordOptions(), TimeProvider.System, NullLogger.Instance))
        {
            info = await ResultAsync(before);
            var waiting = new StepDelivery { Key = ExecutionId.KeyOf(info.Id), Step = 0, Processor = "first", Tries = 1, At = info.StartedAt, Reason = "it is down", State = DeliveryState.Waiting };
            before.NoteOutcome(info.Id, new StepNote { Step = 0, Outcome = RecordsFolder.Outcome("first", OutcomeState.Retrying), Delivery = new DeliveryWrite(waiting, null) });
        }

        await using var host = await RunsHost.StartAsync(_folder.Path);
        await Wait.Until(() => host.Records.Find(info.Id)!.IsProcessed && host.Records.Deliveries.Of(info.Id) is [{ Delivery.Tries: 2 }, _]);

        host.Records.Find(info.Id)!.Outcomes.Select(outcome => (outcome.Name, outcome.State)).Should().Equal(("first", OutcomeState.Retrying), ("second", OutcomeState.Unavailable));
    }

    [Fact]
    public async Task A_result_that_could_not_be_read_for_a_while_is_processed_when_it_can_be()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var host = await RunsHost.StartAsync(_folder.Path, time);
        await Wait.Until(() => !host.Room.IsSpilt);
        var info = await ResultAsync(host.Records);
        Sql("ALTER TABLE raw_outputs RENAME TO away");
        host.Room.Spill();
        await Wait.Until(() => !host.Room.IsSpilt && !host.Room.IsIn(info.Id));

        Sql("ALTER TABLE away RENAME TO raw_outputs");
        await Wait.Until(() =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return host.Records.Find(info.Id)!.IsProcessed;
        });

        host.Records.Find(info.Id)!.Outcomes.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_result_that_was_held_for_an_operator_and_passed_over_is_looked_for_again()
    {
        await using var host = await RunsHost.StartAsync(_folder.Path);
        await Wait.Until(() => !host.Room.IsSpilt);
        var info = await ResultAsync(host.Records);

        var (taken, _) = await host.Reprocessing.AskAsync([info.Id], "nope", deadOnly: false, Token);

        taken.Should().BeEmpty();
        await Wait.Until(() => host.Records.Find(info.Id)!.IsProcessed);
    }

    /// <summary>A result on disk of which nobody has been told.</summary>
    private static async Task<ExecutionInfo> ResultAsync(ExecutionRecords records)
    {
        var started = RecordsFolder.Started(records, "a");
        await records.ClaimAsync(started, Document, Token);
        var finished = RecordsFolder.Finished(started);
        await records.FinishAsync(finished, RecordsFolder.Result(finished), hasSteps: true, Token);
        return finished;
    }

    private void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.At("data/records.db")};Pooling=False");
        connection.Open();
        RecordSchema.Execute(connection, sql);
    }
}
