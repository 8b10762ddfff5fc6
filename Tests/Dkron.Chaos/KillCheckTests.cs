using Dkron.Abstractions;
using Dkron.Host.Records;

namespace Dkron.Chaos;

/// <summary>The check finds what it is there to find: a run that breaks nothing proves little otherwise.</summary>
public sealed class KillCheckTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_whole_run_has_no_findings() => Findings().Should().BeEmpty();

    [Fact]
    public void A_firing_without_a_record_is_found() =>
        Findings(executions: Executions().Where(execution => execution.Key != Key(5)), deliveries: Deliveries().Where(delivery => delivery.Key != Key(5))).Should().ContainSingle().Which.Should().Contain("nothing is recorded");

    [Fact]
    public void An_execution_without_end_is_found() =>
        Findings(executions: Executions().Select(execution => execution.Firing == Firing(5) ? execution with { IsProcessed = false } : execution)).Should().ContainSingle().Which.Should().Contain("no end");

    [Fact]
    public void An_output_that_was_not_delivered_is_found() =>
        Findings(deliveries: Deliveries().Where(delivery => delivery.Key != Key(5))).Should().ContainSingle().Which.Should().Contain("never got it");

    [Fact]
    public void A_delivery_without_a_record_is_found() =>
        Findings(deliveries: [.. Deliveries(), new Delivery(1, "first", "7/0", 1, "7-chaos", 7, "")]).Should().ContainSingle().Which.Should().Contain("no record");

    [Fact]
    public void A_repeat_of_what_was_not_in_flight_is_found() =>
        Findings(deliveries: [.. Deliveries(), Deliveries().First(delivery => delivery.Key == Key(5)) with { ProcessId = 2 }]).Should().ContainSingle().Which.Should().Contain("not in flight");

    [Fact]
    public void A_repeat_within_one_process_is_found() =>
        Findings(deliveries: [.. Deliveries(), Deliveries().First(delivery => delivery.Key == Key(5))]).Should().ContainSingle().Which.Should().Contain("called in life 0 and again in life 0");

    [Fact]
    public void A_repeat_under_another_invocation_id_is_found() =>
        Findings(deliveries: [.. Deliveries(), Deliveries().First(delivery => delivery.Key == Key(5)) with { ProcessId = 2, InvocationId = "other" }], inFlight: [Key(5)]).Should().ContainSingle().Which.Should().Contain("was called as");

    [Fact]
    public void A_repeat_of_what_was_in_flight_is_none() =>
        Findings(deliveries: [.. Deliveries(), Deliveries().First(delivery => delivery.Key == Key(5)) with { ProcessId = 2 }], inFlight: [Key(5)]).Should().BeEmpty();

    [Fact]
    public void A_command_that_ran_without_a_record_and_one_that_ran_twice_are_found() =>
        Findings(traces: ["7-chaos", $"{Key(5)}-chaos", $"{Key(5)}-chaos"]).Should().HaveCount(2);

    private static IReadOnlyList<string> Findings(IEnumerable<StoredExecution>? executions = null, IEnumerable<Delivery>? deliveries = null, HashSet<long>? inFlight = null, IReadOnlyList<string>? traces = null)
    {
        Life[] lives =
        [
            Life(1, 0, 10) with { IsKilled = true, InFlight = inFlight ?? [] },
            Life(2, 10, 20),
        ];
        return new KillCheck(lives, new Evidence([.. executions ?? Executions()], [.. deliveries ?? Deliveries()], traces ?? [], ["id-1"]), ["first"]).Findings();
    }

    private static Life Life(int process, int from, int to) => new()
    {
        ProcessId = process,
        StartedAt = Noon.AddSeconds(from),
        ReadyAt = Noon.AddSeconds(from),
        EndedAt = Noon.AddSeconds(to),
        IsKilled = false,
        InFlight = new HashSet<long>(),
        Damage = [],
        CheckTime = default,
        Log = "",
    };

    private static IEnumerable<StoredExecution> Executions() =>
        Enumerable.Range(0, 20).Select(second => new StoredExecution(Key(second), "id-1", Firing(second), 1, true, Noon.AddSeconds(second), ExecutionStatus.Succeeded, true));

    private static IEnumerable<Delivery> Deliveries() =>
        Enumerable.Range(0, 20).Select(second => new Delivery(second < 10 ? 1 : 2, "first", $"{Key(second)}/0", 1, $"{Key(second)}-chaos", Key(second), $"{Key(second)}-chaos"));

    private static long Firing(int second) => UnixNanoseconds.From(Noon.AddSeconds(second));

    private static long Key(int second) => Firing(second) + 1_000_000;
}
