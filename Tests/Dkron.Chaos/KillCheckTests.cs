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
    public void Firings_that_were_missed_and_are_recorded_together_are_on_record() =>
        Findings(executions: Together(count: 3), deliveries: Deliveries().Where(delivery => !IsMissed(delivery.Key))).Should().BeEmpty();

    [Fact]
    public void Firings_that_are_counted_wrongly_when_they_are_recorded_together_are_found() =>
        Findings(executions: Together(count: 4), deliveries: Deliveries().Where(delivery => !IsMissed(delivery.Key))).Should().ContainSingle().Which.Should().Contain("says that 4 firings were missed");

    [Fact]
    public void An_execution_without_end_is_found() =>
        Findings(executions: Executions().Select(execution => execution.Firing == Firing(5) ? execution with { IsProcessed = false } : execution)).Should().ContainSingle().Which.Should().Contain("no end");

    [Fact]
    public void An_output_that_was_not_delivered_is_found() =>
        Findings(deliveries: Deliveries().Where(delivery => delivery.Key != Key(5))).Should().ContainSingle().Which.Should().Contain("never got it");

    [Fact]
    public void A_delivery_without_a_record_is_found() =>
        Findings(deliveries: [.. Deliveries(), new Delivery(0, "first", "7/0", 1, true, "7-chaos", 7, "")]).Should().ContainSingle().Which.Should().Contain("no record");

    [Fact]
    public void A_repeat_of_what_was_not_in_flight_is_found() =>
        Findings(deliveries: [.. Deliveries(), Deliveries().First(delivery => delivery.Key == Key(5)) with { Life = 1 }]).Should().ContainSingle().Which.Should().Contain("not in flight");

    [Fact]
    public void A_repeat_within_one_process_is_found() =>
        Findings(deliveries: [.. Deliveries(), Deliveries().First(delivery => delivery.Key == Key(5))]).Should().ContainSingle().Which.Should().Contain("called in life 0 and again in life 0");

    [Fact]
    public void A_repeat_under_another_invocation_id_is_found() =>
        Findings(deliveries: [.. Deliveries(), Deliveries().First(delivery => delivery.Key == Key(5)) with { Life = 1, InvocationId = "other" }], inFlight: [Key(5)]).Should().ContainSingle().Which.Should().Contain("was called as");

    [Fact]
    public void A_repeat_of_what_was_in_flight_is_none() =>
        Findings(deliveries: [.. Deliveries(), Deliveries().First(delivery => delivery.Key == Key(5)) with { Life = 1 }], inFlight: [Key(5)]).Should().BeEmpty();

    [Fact]
    public void A_command_that_ran_without_a_record_and_one_that_ran_twice_are_found() =>
        Findings(traces: ["7-chaos", $"{Key(5)}-chaos", $"{Key(5)}-chaos"]).Should().HaveCount(2);

    [Fact]
    public void Attempts_that_do_not_follow_each_other_are_found() =>
        Findings(executions: Executions().Select(execution => execution.Key == Key(5) ? execution with { Attempt = 2 } : execution)).Should().ContainSingle().Which.Should().Contain("its attempts are 2");

    [Theory]
    [InlineData(0)]
    [InlineData(19)]
    public void A_further_attempt_is_no_firing_whose_next_one_must_be_on_record(int second)
    {
        var retry = new StoredExecution(Key(second) + 400_000_000, "id-1", Firing(second), 2, true, Noon.AddSeconds(second + 1.4), ExecutionStatus.Succeeded, true);

        var findings = Findings(executions: [.. Executions(), retry], deliveries: [.. Deliveries(), new Delivery(second < 10 ? 0 : 1, "first", $"{retry.Key}/0", 1, true, $"{retry.Key}-chaos", retry.Key, $"{retry.Key}-chaos")]);

        findings.Should().BeEmpty();
    }

    [Fact]
    public void An_execution_that_is_lost_and_was_not_in_flight_at_a_kill_is_found() =>
        Findings(executions: Executions().Select(execution => execution.Key == Key(5) ? execution with { Status = ExecutionStatus.Lost } : execution)).Should().ContainSingle().Which.Should().Contain("not in flight at a kill");

    [Fact]
    public void An_output_that_is_not_what_the_command_wrote_is_found() =>
        Findings(deliveries: Deliveries().Select(delivery => delivery.Key == Key(5) ? delivery with { Text = "of another" } : delivery)).Should().ContainSingle().Which.Should().Contain("got 'of another'");

    [Fact]
    public void An_error_in_the_log_of_an_agent_is_found() =>
        Findings(change: life => life with { Log = "[INF] Ready\n[ERR] something broke" }).Should().HaveCount(2).And.OnlyContain(finding => finding.Contains("something broke", StringComparison.Ordinal));

    [Fact]
    public void What_the_check_of_the_database_finds_is_found() =>
        Findings(change: life => life with { Damage = ["a page is torn"] }).Should().HaveCount(2).And.OnlyContain(finding => finding.Contains("a page is torn", StringComparison.Ordinal));

    [Fact]
    public void A_job_of_which_nothing_is_recorded_is_found() =>
        Findings(jobs: ["id-1", "id-2"]).Should().ContainSingle().Which.Should().Contain("job id-2: nothing at all");

    [Theory]
    [InlineData(10, 1)]
    [InlineData(11, 0)]
    [InlineData(20, 0)]
    public void A_job_of_which_nothing_is_recorded_in_the_last_life_is_found(int seconds, int findings)
    {
        var other = Executions().Take(seconds).Select(execution => execution with { Key = execution.Key + 1, Job = "id-2" }).ToList();
        var deliveries = other.Select(execution => new Delivery(execution.Key < Key(10) ? 0 : 1, "first", $"{execution.Key}/0", 1, true, $"{execution.Key}-chaos", execution.Key, $"{execution.Key}-chaos"));

        var found = Findings(executions: [.. Executions(), .. other], deliveries: [.. Deliveries(), .. deliveries], jobs: ["id-1", "id-2"]);

        found.Select(finding => finding.Split('.')[0]).Should().Equal(Enumerable.Repeat("job id-2: nothing at all is recorded of it while the last agent ran (2030-01-01T12:00:10", findings));
    }

    [Fact]
    public void A_run_in_which_no_call_failed_is_found() =>
        Findings(deliveries: Deliveries().Where(delivery => delivery.HasWorked).Select(delivery => delivery with { Try = 1 })).Should().ContainSingle().Which.Should().Contain("shows little");

    [Fact]
    public void A_step_that_never_worked_and_is_not_tried_again_is_found() =>
        Findings(deliveries: Deliveries().Where(delivery => delivery.Key != Key(7) || !delivery.HasWorked)).Should().ContainSingle().Which.Should().Contain("none will come");

    [Fact]
    public void A_step_that_waits_at_the_end_is_found_unless_the_last_agent_began_its_execution()
    {
        var deliveries = Deliveries().Where(delivery => (delivery.Key != Key(7) && delivery.Key != Key(15)) || !delivery.HasWorked).ToList();

        var findings = Findings(deliveries: deliveries, change: life => life with { Waiting = new HashSet<long> { Key(7), Key(15) } });

        findings.Should().ContainSingle().Which.Should().Contain($"{Key(7)}").And.Contain("none will come");
    }

    [Fact]
    public void A_try_that_comes_after_one_that_worked_or_leaves_one_out_is_found() =>
        Findings(deliveries: [.. Deliveries(), Deliveries().First(delivery => delivery.Key == Key(5)) with { Try = 2 }, Deliveries().Last(delivery => delivery.Key == Key(7)) with { Try = 4 }]).Should().HaveCount(2);

    [Fact]
    public void A_repeat_of_a_step_that_waited_at_a_kill_is_none() =>
        Findings(
            deliveries: [.. Deliveries(), Deliveries().First(delivery => delivery.Key == Key(5)) with { Life = 1 }],
            change: life => life with { Waiting = new HashSet<long> { Key(5) } }).Should().BeEmpty();

    private static IReadOnlyList<string> Findings(
        IEnumerable<StoredExecution>? executions = null,
        IEnumerable<Delivery>? deliveries = null,
        HashSet<long>? inFlight = null,
        IReadOnlyList<string>? traces = null,
        IReadOnlyList<string>? jobs = null,
        Func<Life, Life>? change = null)
    {
        Life[] lives =
        [
            Life(0, 0, 10) with { IsKilled = true, InFlight = inFlight ?? [] },
            Life(1, 10, 20),
        ];
        lives = change is null ? lives : [.. lives.Select(change)];
        return new KillCheck(lives, new Evidence([.. executions ?? Executions()], [.. deliveries ?? Deliveries()], traces ?? [], jobs ?? ["id-1"]), ["first"]).Findings();
    }

    private static Life Life(int number, int from, int to) => new()
    {
        Number = number,
        StartedAt = Noon.AddSeconds(from),
        ReadyAt = Noon.AddSeconds(from),
        EndedAt = Noon.AddSeconds(to),
        SettledAt = Noon.AddSeconds(from),
        IsKilled = false,
        InFlight = new HashSet<long>(),
        Waiting = new HashSet<long>(),
        Damage = [],
        CheckTime = default,
        Log = "",
    };

    private static IEnumerable<StoredExecution> Executions() =>
        Enumerable.Range(0, 20).Select(second => new StoredExecution(Key(second), "id-1", Firing(second), 1, true, Noon.AddSeconds(second), ExecutionStatus.Succeeded, true));

    /// <summary>One call of each execution, and of one of each life a call before that does not work.</summary>
    private static IEnumerable<Delivery> Deliveries() => Enumerable.Range(0, 20).SelectMany(second =>
    {
        var only = new Delivery(second < 10 ? 0 : 1, "first", $"{Key(second)}/0", 1, true, $"{Key(second)}-chaos", Key(second), $"{Key(second)}-chaos");
        return second is 7 or 15 ? [only with { HasWorked = false }, only with { Try = 2 }] : new[] { only };
    });

    private static long Firing(int second) => UnixNanoseconds.From(Noon.AddSeconds(second));

    private static long Key(int second) => Firing(second) + 1_000_000;

    /// <summary>As above, but that three are recorded together as missed.</summary>
    private static IEnumerable<StoredExecution> Together(int count) => Executions()
        .Where(execution => execution.Key is var key && (!IsMissed(key) || key == Key(6)))
        .Select(execution => IsMissed(execution.Key) ? execution with { Status = ExecutionStatus.Skipped, Error = $"{count} firings from 2030-01-01T12:00:04Z to 2030-01-01T12:00:06Z were missed: the host was down" } : execution);

    private static bool IsMissed(long key) => key >= Key(4) && key <= Key(6);
}
