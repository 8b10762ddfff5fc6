using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Processing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Processing;

public sealed class RetryTests : IDisposable
{
    private static readonly TimeSpan Backoff = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly ProcessorChain _chain;

    public RetryTests() => _chain = new ProcessorChain(Options.Create(new ProcessingOptions { MaxWorkers = 64 }), _time);

    public void Dispose() => _chain.Dispose();

    public static TheoryData<string, Func<ProcessorContext, CancellationToken, ValueTask<ProcessorResult>>> PassingFaults => new()
    {
        { "server is down", (_, _) => new(ProcessorResult.Retry(TimeSpan.Zero, "server is down")) },
        { "System.InvalidOperationException: broken", (_, _) => throw new InvalidOperationException("broken") },
        { "returned null instead of a ProcessorResult", (_, _) => new((ProcessorResult)null!) },
    };

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task A_fault_that_may_pass_is_tried_again_and_later_steps_run_meanwhile(string reason, Func<ProcessorContext, CancellationToken, ValueTask<ProcessorResult>> process)
    {
        var input = Some.Input("in", Some.Execution(), (Some.Step("send") with { Retries = 2, RetryBackoff = Backoff }, Some.Calling(process)), Some.Appending("+tag"));

        var result = await Process(input);

        result.Outcomes.Select(outcome => outcome.State).Should().Equal(OutcomeState.Retrying, OutcomeState.Succeeded);
        result.Outcomes[0].Error.Should().Be(reason);
        result.Output.ToString().Should().Be("in+tag");
        result.IsSuspended.Should().BeFalse();
        var waiting = result.Undone.Should().ContainSingle().Which;
        (waiting.Step, waiting.Tries, waiting.Reason, waiting.Holds).Should().Be((0, 1, reason, false));
        waiting.DueAt.Should().Be(_time.GetUtcNow() + Backoff, "the chance is 1");
        waiting.Input.ToString().Should().Be("in");
    }

    [Fact]
    public async Task A_step_that_lacks_a_setting_is_not_called_and_looked_at_again()
    {
        var calls = 0;
        var send = Some.Calling(
            (_, _) =>
            {
                calls++;
                return new(ProcessorResult.Unchanged);
            },
            delivers: true);
        var step = Some.Step("send") with { Unresolved = "its secret is not there", RetryBackoff = Backoff };

        var first = await Process(Some.Input("in", Some.Execution(), (step, send), Some.Appending("+tag")));
        var last = await Process(Some.Input("in", Some.Execution(), (step, send)) with { Tries = 3, IsSingleTry = true });
        var repaired = await Process(Some.Input("in", Some.Execution(), (step with { Unresolved = null }, send)) with { Tries = 3, IsSingleTry = true });

        first.Outcomes.Select(outcome => (outcome.State, outcome.Error)).Should().Equal((OutcomeState.Retrying, "its secret is not there"), (OutcomeState.Succeeded, null));
        first.Undone.Should().ContainSingle().Which.DueAt.Should().Be(_time.GetUtcNow() + Backoff);
        last.Outcomes.Should().ContainSingle().Which.State.Should().Be(OutcomeState.Failed);
        last.Undone.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Tries = 4, DueAt = (DateTimeOffset?)null, Reason = "its secret is not there" });
        repaired.Outcomes.Should().ContainSingle().Which.State.Should().Be(OutcomeState.Succeeded);
        calls.Should().Be(1, "it is called with all its settings only");
    }

    [Fact]
    public async Task What_was_not_called_for_want_of_a_setting_is_a_dead_letter_also_without_retries()
    {
        var step = Some.Step("tag") with { Unresolved = "its secret is not there" };

        var result = await Process(Some.Input("in", Some.Execution(), (step, Some.Returning(_ => ProcessorResult.WithOutput("called")))));

        result.Output.ToString().Should().Be("in");
        result.Outcomes.Should().ContainSingle().Which.State.Should().Be(OutcomeState.Failed);
        result.Undone.Should().ContainSingle().Which.DueAt.Should().BeNull();
    }

    [Theory]
    [InlineData(nameof(StepFailure.Stop))]
    [InlineData(nameof(StepFailure.Fail))]
    public async Task Where_the_chain_would_end_it_waits_instead(string onError)
    {
        var called = false;
        var later = Some.Returning(_ =>
        {
            called = true;
            return ProcessorResult.Unchanged;
        });
        var send = Some.Step("send", Enum.Parse<StepFailure>(onError)) with { Retries = 1 };

        var result = await Process(Some.Input("in", Some.Execution(), Some.Appending("+1"), (send, Down()), (Some.Step("later"), later)));

        result.IsSuspended.Should().BeTrue();
        result.FailedBecause.Should().BeNull();
        result.Outcomes.Select(outcome => outcome.State).Should().Equal(OutcomeState.Succeeded, OutcomeState.Retrying);
        result.Undone.Should().ContainSingle().Which.Holds.Should().BeTrue();
        result.Output.ToString().Should().Be("in+1");
        called.Should().BeFalse();
    }

    [Fact]
    public async Task A_chain_that_waited_goes_on_with_the_same_invocation_and_the_next_attempt()
    {
        ProcessorContext? seen = null;
        var send = Some.Returning(context =>
        {
            seen = context;
            return ProcessorResult.WithOutput(context.Output + "+sent");
        });
        var known = new ProcessorOutcome { Name = "append", State = OutcomeState.Succeeded };
        var input = Some.Input("in", Some.Execution(), Some.Appending("+1"), (Some.Step("send", StepFailure.Stop), send), Some.Appending("+2")) with
        {
            Known = [known],
            Output = ExecutionOutput.FromText("in+1"),
            Tries = 2,
        };

        var result = await Process(input);

        (seen!.InvocationId, seen.Attempt).Should().Be(("1700000000000000000-node/1", 3));
        seen.Previous.Should().ContainSingle().Which.Should().BeSameAs(known);
        seen.OriginalOutput.ToString().Should().Be("in");
        result.Output.ToString().Should().Be("in+1+sent+2");
        result.Outcomes.Should().HaveCount(3);
    }

    [Fact]
    public async Task After_the_last_try_it_is_given_up_and_on_error_decides()
    {
        var send = Some.Step("send", StepFailure.Fail) with { Retries = 2 };

        var result = await Process(Some.Input("in", Some.Execution(), (send, Down()), Some.Appending("+2")) with { Tries = 2 });

        result.IsSuspended.Should().BeFalse();
        result.FailedBecause.Should().Be("processor send: server is down");
        result.Outcomes.Select(outcome => outcome.State).Should().Equal(OutcomeState.Failed, OutcomeState.Skipped);
        var dead = result.Undone.Should().ContainSingle().Which;
        (dead.Tries, dead.DueAt, dead.Holds).Should().Be((3, null, false));
    }

    [Fact]
    public async Task Tries_before_an_operator_asked_anew_do_not_count()
    {
        var result = await Process(Some.Input("in", Some.Execution(), (Some.Step("send") with { Retries = 1 }, Down())) with { Tries = 5, EarlierTries = 5 });

        var waiting = result.Undone.Should().ContainSingle().Which;
        (waiting.Tries, waiting.EarlierTries).Should().Be((6, 5));
        waiting.DueAt.Should().NotBeNull();
    }

    [Fact]
    public async Task What_a_processor_gives_up_itself_is_not_tried_again_but_remembered_of_a_delivery()
    {
        var rejected = Some.Calling((_, _) => new(ProcessorResult.Fail("no such mailbox")), delivers: true);

        var result = await Process(Some.Input("in", Some.Execution(), (Some.Step("send"), rejected)));

        result.Outcomes[0].State.Should().Be(OutcomeState.Failed);
        result.Undone.Should().ContainSingle().Which.DueAt.Should().BeNull();
    }

    [Theory]
    [InlineData(true, null, 3)]
    [InlineData(false, null, 0)]
    [InlineData(true, 0, 0)]
    [InlineData(false, 2, 2)]
    public async Task Deliveries_have_three_retries_and_others_none_unless_the_step_says_otherwise(bool delivers, int? retries, int expected)
    {
        var step = Some.Step("send") with { Retries = retries };
        var tries = 0;
        UndoneStep? undone;
        do
        {
            undone = (await Process(Some.Input("in", Some.Execution(), (step, Down(delivers))) with { Tries = tries })).Undone.SingleOrDefault();
            tries++;
        }
        while (undone?.DueAt is not null);

        tries.Should().Be(1 + expected);
        (undone is not null).Should().Be(expected > 0, "a step without retries leaves an outcome and nothing else");
    }

    [Fact]
    public async Task A_plugin_that_is_missing_is_waited_for_as_if_it_had_failed()
    {
        var result = await Process(Some.Input("in", Some.Execution(), (Some.Step("send"), Some.Missing("plugin 'send' is not installed now", delivers: true))));

        result.Outcomes[0].State.Should().Be(OutcomeState.Retrying);
        result.Outcomes[0].Error.Should().Be("plugin 'send' is not installed now");
        result.Undone.Should().ContainSingle().Which.DueAt.Should().NotBeNull();
    }

    [Fact]
    public async Task A_step_that_never_got_its_execution_is_a_dead_letter_even_without_retries()
    {
        var result = await Process(Some.Input("in", Some.Execution(), (Some.Step("log"), Some.Missing("plugin 'log' is not installed"))));

        result.Outcomes[0].State.Should().Be(OutcomeState.Unavailable);
        result.Undone.Should().ContainSingle().Which.DueAt.Should().BeNull();
    }

    [Fact]
    public async Task A_delivery_that_waited_is_not_given_up_because_its_plugin_is_gone_and_unknown()
    {
        var result = await Process(Some.Input("in", Some.Execution(), (Some.Step("send"), Some.Missing("plugin 'send' is not installed"))) with { Tries = 1 });

        result.Undone.Should().ContainSingle().Which.DueAt.Should().NotBeNull();
    }

    [Fact]
    public async Task A_step_without_an_ear_for_its_deadline_is_tried_again()
    {
        var called = new TaskCompletionSource();
        var deaf = Some.Calling((_, _) =>
        {
            called.SetResult();
            return new(new TaskCompletionSource<ProcessorResult>().Task);
        });
        using var chain = new ProcessorChain(Options.Create(new ProcessingOptions { AbandonGrace = TimeSpan.FromMilliseconds(10) }), TimeProvider.System);

        var result = await chain.ProcessAsync(Some.Input("in", Some.Execution(), (Some.Step("deaf", timeout: TimeSpan.FromMilliseconds(50)) with { Retries = 1 }, deaf))).WaitAsync(Some.Generous, TestContext.Current.CancellationToken);

        result.Outcomes[0].State.Should().Be(OutcomeState.Retrying);
        result.Undone.Should().ContainSingle().Which.Reason.Should().Contain("was abandoned");
    }

    [Fact]
    public async Task A_single_try_calls_that_step_only_whatever_the_others_did()
    {
        var ended = new ProcessorOutcome { Name = "first", State = OutcomeState.Stopped, Error = "enough" };
        var calls = new List<int>();
        StepTarget Noting(int step) => Some.Returning(context =>
        {
            calls.Add(step);
            return ProcessorResult.WithOutput(context.Output + $"+{step}");
        });
        var input = Some.Input("in", Some.Execution(), (Some.Step("0"), Noting(0)), (Some.Step("1"), Noting(1)), (Some.Step("2"), Noting(2))) with
        {
            Known = [ended],
            IsSingleTry = true,
            Tries = 1,
        };

        var result = await Process(input);

        calls.Should().Equal(1);
        result.Outcomes[1].State.Should().Be(OutcomeState.Succeeded);
        result.Output.ToString().Should().Be("in+1");
    }

    [Fact]
    public async Task A_chain_that_had_been_ended_stays_ended_when_it_goes_on_after_a_crash()
    {
        var ended = new ProcessorOutcome { Name = "first", State = OutcomeState.Stopped, Error = "enough" };

        var result = await Process(Some.Input("in", Some.Execution(), (Some.Step("first"), Down()), Some.Appending("+1")) with { Known = [ended] });

        result.Outcomes[1].State.Should().Be(OutcomeState.Skipped);
        result.Output.ToString().Should().Be("in");
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(3, 40)]
    [InlineData(9, 2560)]
    [InlineData(10, 3600)]
    [InlineData(100, 3600)]
    public void Waits_double_up_to_an_hour_and_of_each_between_half_and_all_is_waited(int tries, int seconds)
    {
        var step = Some.Step("send") with { RetryBackoff = Backoff };

        RetryPlan.WaitAfter(step, tries, TimeSpan.Zero, chance: 1).Should().Be(TimeSpan.FromSeconds(seconds));
        RetryPlan.WaitAfter(step, tries, TimeSpan.Zero, chance: 0).Should().Be(TimeSpan.FromSeconds(seconds / 2.0));
    }

    [Fact]
    public void What_a_processor_asks_for_is_the_least_wait_up_to_a_week()
    {
        var step = Some.Step("send") with { RetryBackoff = Backoff };

        RetryPlan.WaitAfter(step, 1, TimeSpan.FromMinutes(5), chance: 0.5).Should().Be(TimeSpan.FromMinutes(5));
        RetryPlan.WaitAfter(step, 1, TimeSpan.FromSeconds(1), chance: 1).Should().Be(Backoff);
        RetryPlan.WaitAfter(step, 1, TimeSpan.MaxValue, chance: 1).Should().Be(TimeSpan.FromDays(7));
    }

    private static Some.FakeTarget Down(bool delivers = false) => Some.Calling((_, _) => new(ProcessorResult.Retry(TimeSpan.Zero, "server is down")), delivers);

    private Task<ChainResult> Process(ChainInput input) => _chain.ProcessAsync(input with { Chance = () => 1 }).WaitAsync(Some.Generous, TestContext.Current.CancellationToken);
}
