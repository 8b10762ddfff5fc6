using Dkron.Abstractions;
using Dkron.Host.Processing;
using Dkron.Host.Records;
using Dkron.Host.Runs;
using Dkron.Host.Tests.Records;

namespace Dkron.Host.Tests.Runs;

public sealed class ChainNotesTests : RecordsFolder
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_step_whose_output_is_too_large_to_note_is_not_on_record_nor_is_any_after_it()
    {
        ExecutionInfo info;
        await using (var records = Open())
        {
            info = await ResultAsync(records);
            var notes = new ChainNotes(records, info, ExecutionOutput.FromText("raw"));
            notes.Add(End(0, ExecutionOutput.FromText("small")));
            notes.Add(End(1, ExecutionOutput.FromBytes(new byte[OutputStore.LargestInDatabase + 1])));
            notes.Add(End(2, ExecutionOutput.FromText("small again")));
        }

        await using var reopened = Open();
        var record = reopened.Find(info.Id)!;

        record.Outcomes.Should().ContainSingle();
        record.Output.ToString().Should().Be("small");
    }

    [Fact]
    public async Task A_step_that_failed_is_on_record_with_what_it_was_given()
    {
        ExecutionInfo info;
        await using (var records = Open())
        {
            info = await ResultAsync(records);
            var notes = new ChainNotes(records, info, ExecutionOutput.FromText("raw"));
            notes.Add(End(0, ExecutionOutput.FromText("changed")));
            notes.Add(End(1, newOutput: null, new UndoneStep
            {
                Step = 1,
                Processor = "send",
                Tries = 1,
                At = info.FinishedAt,
                DueAt = info.FinishedAt.AddMinutes(1),
                Reason = "it is down",
                Input = ExecutionOutput.FromText("changed"),
            }));
            notes.Add(End(2, ExecutionOutput.FromText("changed again")));
        }

        await using var reopened = Open();
        var waiting = reopened.Deliveries.Of(info.Id).Should().ContainSingle().Subject.Delivery;

        (waiting.State, waiting.At, waiting.Holds).Should().Be((DeliveryState.Waiting, info.FinishedAt.AddMinutes(1), false));
        reopened.Deliveries.InputOf(waiting, reopened.Find(info.Id)!).ToString().Should().Be("changed");
        reopened.Find(info.Id)!.Output.ToString().Should().Be("changed again");
        reopened.Check(Token).Should().BeEmpty();
    }

    [Fact]
    public async Task A_step_that_failed_is_not_on_record_before_the_end_when_what_it_was_given_is_too_large_to_note()
    {
        await using var records = Open();
        var info = await ResultAsync(records);
        var notes = new ChainNotes(records, info, ExecutionOutput.FromText("raw"));
        notes.Add(End(0, newOutput: null, new UndoneStep
        {
            Step = 0,
            Processor = "send",
            Tries = 1,
            At = info.FinishedAt,
            DueAt = info.FinishedAt.AddMinutes(1),
            Reason = "it is down",
            Input = ExecutionOutput.FromBytes(new byte[OutputStore.LargestInDatabase + 1]),
        }));
        notes.Add(End(1, ExecutionOutput.FromText("small")));
        await records.EndProcessingAsync(new ProcessingEnd { Info = info, Outcomes = [Outcome("send", OutcomeState.Retrying), Outcome("step")], Deliveries = notes.Deliveries }, Token);

        var waiting = records.Deliveries.Of(info.Id).Should().ContainSingle().Subject.Delivery;
        records.Deliveries.InputOf(waiting, records.Find(info.Id)!).Length.Should().Be(OutputStore.LargestInDatabase + 1);
        records.Check(Token).Should().BeEmpty();
    }

    [Fact]
    public async Task A_small_output_is_no_large_one_because_it_is_read_from_the_records()
    {
        ExecutionInfo info;
        await using (var records = Open())
        {
            info = await ResultAsync(records);
            records.NoteOutcome(info.Id, new StepNote { Step = 0, Outcome = Outcome("step"), Output = ExecutionOutput.FromText("changed").WithOmitted(9, 3) });
        }

        await using (var records = Open())
        {
            var record = records.Find(info.Id)!;
            var notes = new ChainNotes(records, record.Info, record.RawOutput);
            notes.Add(End(1, newOutput: null, new UndoneStep { Step = 1, Processor = "send", Tries = 1, At = info.FinishedAt, DueAt = info.FinishedAt.AddMinutes(1), Reason = "it is down", Input = record.Output }));
            notes.Add(End(2, newOutput: null));
        }

        await using var reopened = Open();
        var after = reopened.Find(info.Id)!;
        after.Outcomes.Should().HaveCount(3);
        var given = reopened.Deliveries.InputOf(reopened.Deliveries.Of(info.Id).Single().Delivery, after);
        (given.ToString(), given.OmittedBytes, given.OmittedAt).Should().Be(("changed", 9, 3));
        reopened.Check(Token).Should().BeEmpty();
    }

    [Fact]
    public async Task A_step_that_worked_at_a_late_try_is_not_tried_again_when_the_host_is_killed_before_the_end_of_the_chain()
    {
        ExecutionInfo info;
        await using (var records = Open())
        {
            info = await ResultAsync(records);
            var held = new StepDelivery { Key = ExecutionId.KeyOf(info.Id), Step = 0, Processor = "send", Tries = 1, At = info.FinishedAt, Reason = "it is down", State = DeliveryState.Waiting, Holds = true };
            await records.EndProcessingAsync(new ProcessingEnd { Info = info, Outcomes = [Outcome("send", OutcomeState.Retrying)], Deliveries = [new DeliveryWrite(held, null)], IsSuspended = true }, Token);
            new ChainNotes(records, info, ExecutionOutput.FromText("raw")).Add(End(0, ExecutionOutput.FromText("sent")));
        }

        await using var reopened = Open();

        reopened.Deliveries.Of(info.Id).Should().BeEmpty();
        reopened.Deliveries.Unprocessed(10).Should().Equal(info.Id);
        reopened.Find(info.Id)!.Outcomes.Should().ContainSingle().Which.State.Should().Be(OutcomeState.Succeeded);
        reopened.Check(Token).Should().BeEmpty();
    }

    private static StepEnd End(int step, ExecutionOutput? newOutput, UndoneStep? undone = null) =>
        new(step, Outcome("step", undone is null ? OutcomeState.Succeeded : OutcomeState.Retrying), newOutput, undone);

    private static async Task<ExecutionInfo> ResultAsync(ExecutionRecords records)
    {
        var started = Started(records);
        await records.ClaimAsync(started, Token);
        await records.FinishAsync(Finished(started), Result(Finished(started), ExecutionOutput.FromText("raw")), hasSteps: true, Token);
        return Finished(started);
    }
}
