using System.Buffers;
using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Processing;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Tests.Processing;

public sealed class ProcessorChainTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    private readonly ProcessorChain _chain = new(Options.Create(new ProcessingOptions { AbandonGrace = Short, MaxWorkers = 64 }), TimeProvider.System);

    public void Dispose() => _chain.Dispose();

    [Fact]
    public async Task Steps_are_called_in_order_and_each_gets_what_the_one_before_returned()
    {
        var input = Some.Input("in", Some.Execution(), Some.Appending("+zeta"), Some.Appending("+alpha"), Some.Appending("+10"));

        var result = await Process(input);

        result.Output.ToString().Should().Be("in+zeta+alpha+10");
        result.Outcomes.Select(o => o.State).Should().Equal(OutcomeState.Succeeded, OutcomeState.Succeeded, OutcomeState.Succeeded);
        result.Outcomes.Select(o => (o.BytesIn, o.BytesOut)).Should().Equal((2, 7), (7, 13), (13, 16));
    }

    [Fact]
    public async Task Without_steps_the_output_is_what_the_command_wrote()
    {
        var result = await Process(Some.Input("in", Some.Execution()));

        result.Output.ToString().Should().Be("in");
        result.Outcomes.Should().BeEmpty();
    }

    [Fact]
    public async Task A_step_knows_the_original_output_the_outcomes_before_it_and_its_own_invocation()
    {
        ProcessorContext? seen = null;
        var last = (Some.Step("last"), (StepTarget)Some.Returning(context =>
        {
            seen = context;
            return ProcessorResult.Unchanged;
        }));

        await Process(Some.Input("in", Some.Execution(), Some.Appending("+1"), last));

        seen!.OriginalOutput.ToString().Should().Be("in");
        seen.Output.ToString().Should().Be("in+1");
        seen.Previous.Should().ContainSingle().Which.Name.Should().Be("append");
        seen.InvocationId.Should().Be("1700000000000000000-node/1");
    }

    public static TheoryData<string, Func<ProcessorContext, CancellationToken, ValueTask<ProcessorResult>>, string> Failures => new()
    {
        { "throws", (_, _) => throw new InvalidOperationException("broken"), "System.InvalidOperationException: broken" },
        { "throws later", async (_, _) => { await Task.Yield(); throw new InvalidOperationException("broken"); }, "System.InvalidOperationException: broken" },
        { "returns null", (_, _) => new((ProcessorResult)null!), "returned null instead of a ProcessorResult" },
        { "says so", (_, _) => new(ProcessorResult.Fail("no space")), "no space" },
        { "asks for a retry", (_, _) => new(ProcessorResult.Retry(TimeSpan.Zero, "server is down")), "server is down" },
        { "throws from its exception", (_, _) => throw new NastyException(), "*NastyException, whose Message threw System.NotSupportedException" },
        { "cancels itself", (_, _) => throw new OperationCanceledException("own"), "System.OperationCanceledException: own" },
        { "returns unreadable bytes", (_, _) => new(ProcessorResult.WithOutput(new BadMemory().Memory)), "returned an output that cannot be read: *" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_step_that_does_not_work_leaves_the_output_and_the_next_step_runs(string name, Func<ProcessorContext, CancellationToken, ValueTask<ProcessorResult>> process, string expected)
    {
        var input = Some.Input("in", Some.Execution(), (Some.Step(name), Some.Calling(process)), Some.Appending("+tag"));

        var result = await Process(input);

        result.Output.ToString().Should().Be("in+tag");
        result.Outcomes[0].State.Should().Be(OutcomeState.Failed);
        result.Outcomes[0].Error.Should().Match(expected);
        result.FailedBecause.Should().BeNull();
    }

    [Fact]
    public async Task On_error_stop_ends_the_chain_and_says_so_at_each_step_after_it()
    {
        var input = Some.Input("in", Some.Execution(), (Some.Step("bad", StepFailure.Stop), Some.Returning(_ => ProcessorResult.Fail("no"))), Some.Appending("+1"), Some.Appending("+2"));

        var result = await Process(input);

        result.Output.ToString().Should().Be("in");
        result.Outcomes.Select(o => o.State).Should().Equal(OutcomeState.Failed, OutcomeState.Skipped, OutcomeState.Skipped);
        result.Outcomes[2].Error.Should().Be("bad did not work and its on_error is stop");
        result.FailedBecause.Should().BeNull();
    }

    [Fact]
    public async Task On_error_fail_makes_the_execution_count_as_failed()
    {
        var input = Some.Input("in", Some.Execution(), (Some.Step("bad", StepFailure.Fail), Some.Returning(_ => ProcessorResult.Fail("no"))), Some.Appending("+1"));

        var result = await Process(input);

        result.FailedBecause.Should().Be("processor bad: no");
        result.Outcomes[1].State.Should().Be(OutcomeState.Skipped);
    }

    [Fact]
    public async Task A_processor_can_end_the_chain_without_a_failure()
    {
        var input = Some.Input("in", Some.Execution(), (Some.Step("stop", StepFailure.Fail), Some.Returning(_ => ProcessorResult.Stop("seen before").WithTag("key", "42"))), Some.Appending("+1"));

        var result = await Process(input);

        result.Output.ToString().Should().Be("in");
        result.Outcomes.Select(o => o.State).Should().Equal(OutcomeState.Stopped, OutcomeState.Skipped);
        result.Outcomes[0].Tags.Should().Equal(new Dictionary<string, string> { ["key"] = "42" });
        result.FailedBecause.Should().BeNull();
    }

    [Fact]
    public async Task A_missing_processor_gives_an_outcome_that_says_so()
    {
        var input = Some.Input("in", Some.Execution(), (Some.Step("gone"), Some.Missing("was removed")), Some.Appending("+1"));

        var result = await Process(input);

        result.Output.ToString().Should().Be("in+1");
        result.Outcomes[0].Should().BeEquivalentTo(new { State = OutcomeState.Unavailable, Error = "was removed", Version = "" });
    }

    public static TheoryData<string, ExecutionStatus, ExecutionStatus?, bool, bool> Conditions => new()
    {
        { nameof(StepCondition.Always), ExecutionStatus.Failed, null, false, true },
        { nameof(StepCondition.Failure), ExecutionStatus.Failed, null, true, true },
        { nameof(StepCondition.Failure), ExecutionStatus.TimedOut, null, true, true },
        { nameof(StepCondition.Failure), ExecutionStatus.Succeeded, null, true, false },
        { nameof(StepCondition.Success), ExecutionStatus.Succeeded, null, true, true },
        { nameof(StepCondition.Success), ExecutionStatus.Failed, null, true, false },
        { nameof(StepCondition.Change), ExecutionStatus.Succeeded, null, true, true },
        { nameof(StepCondition.Change), ExecutionStatus.Succeeded, ExecutionStatus.Failed, true, true },
        { nameof(StepCondition.Change), ExecutionStatus.Failed, ExecutionStatus.Succeeded, true, true },
        { nameof(StepCondition.Change), ExecutionStatus.Failed, ExecutionStatus.TimedOut, true, false },
        { nameof(StepCondition.Change), ExecutionStatus.Succeeded, ExecutionStatus.Succeeded, true, false },
        { nameof(StepCondition.Final), ExecutionStatus.Failed, null, false, false },
        { nameof(StepCondition.Final), ExecutionStatus.Failed, null, true, true },
    };

    [Theory]
    [MemberData(nameof(Conditions))]
    public async Task A_step_is_called_when_its_condition_holds(string when, ExecutionStatus status, ExecutionStatus? previous, bool final, bool called)
    {
        var input = Some.Input("in", Some.Execution(status, previous, final), (Some.Step("step", when: Enum.Parse<StepCondition>(when)), Some.Returning(_ => ProcessorResult.WithOutput("called"))));

        var result = await Process(input);

        result.Output.ToString().Should().Be(called ? "called" : "in");
        result.Outcomes[0].State.Should().Be(called ? OutcomeState.Succeeded : OutcomeState.Skipped);
    }

    [Fact]
    public async Task A_call_that_heeds_its_cancellation_at_the_deadline_has_timed_out()
    {
        var target = Some.Calling(async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            return ProcessorResult.Unchanged;
        });

        // The grace is what the call has to heed it: never too short, however slow the machine.
        using var patient = new ProcessorChain(Options.Create(new ProcessingOptions { AbandonGrace = TimeSpan.FromMinutes(1), MaxWorkers = 64 }), TimeProvider.System);

        var result = await patient.ProcessAsync(Some.Input("in", Some.Execution(), (Some.Step("slow", timeout: Short), target), Some.Appending("+1")));

        result.Output.ToString().Should().Be("in+1");
        result.Outcomes[0].State.Should().Be(OutcomeState.TimedOut);
        result.Outcomes[0].Error.Should().Be("did not end within its timeout of 100ms");
        target.Abandoned.Should().Be(0);
    }

    [Fact]
    public async Task A_call_that_blocks_its_thread_is_abandoned_and_held_until_it_ends()
    {
        using var gate = new ManualResetEventSlim();
        var target = Some.Returning(_ =>
        {
            gate.Wait(CancellationToken.None);
            return ProcessorResult.WithOutput("too late");
        });

        var result = await Process(Some.Input("in", Some.Execution(), (Some.Step("blocks", timeout: Short), target), Some.Appending("+1")));

        result.Output.ToString().Should().Be("in+1");
        result.Outcomes[0].State.Should().Be(OutcomeState.TimedOut);
        result.Outcomes[0].Error.Should().Contain("abandoned");
        target.Abandoned.Should().Be(1);
        _chain.AbandonedCalls.Should().Be(1);
        gate.Set();
        await Wait.Until(() => target.Abandoned == 0 && _chain.AbandonedCalls == 0);
        result.Output.ToString().Should().Be("in+1");
    }

    [Fact]
    public async Task A_call_that_never_completes_its_task_is_abandoned()
    {
        var never = new TaskCompletionSource<ProcessorResult>();
        var target = Some.Calling((_, _) => new(never.Task));

        var result = await Process(Some.Input("in", Some.Execution(), (Some.Step("hangs", timeout: Short), target), Some.Appending("+1")));

        result.Output.ToString().Should().Be("in+1");
        target.Abandoned.Should().Be(1);
        never.SetException(new InvalidOperationException("late"));
        await Wait.Until(() => target.Abandoned == 0);
    }

    [Fact]
    public async Task Processors_that_block_do_not_keep_others_from_being_called()
    {
        using var gate = new ManualResetEventSlim();
        var blocked = Enumerable.Range(0, 40)
            .Select(_ => Process(Some.Input("in", Some.Execution(), (Some.Step("blocks"), Some.Returning(_ =>
            {
                gate.Wait(CancellationToken.None);
                return ProcessorResult.Unchanged;
            })))))
            .ToList();

        var result = await Process(Some.Input("in", Some.Execution(), Some.Appending("+1")));

        result.Output.ToString().Should().Be("in+1");
        blocked.Should().OnlyContain(t => !t.IsCompleted);
        gate.Set();
        await Task.WhenAll(blocked);
    }

    [Fact]
    public async Task Hurry_cancels_what_is_called()
    {
        var called = new TaskCompletionSource();
        var target = Some.Calling(async (_, cancellation) =>
        {
            called.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            return ProcessorResult.Unchanged;
        });
        var processing = _chain.ProcessAsync(Some.Input("in", Some.Execution(), (Some.Step("slow"), target)));
        await called.Task;

        _chain.Hurry();

        var result = await processing.WaitAsync(Some.Generous, TestContext.Current.CancellationToken);
        result.IsInterrupted.Should().BeTrue();
        result.Outcomes.Should().BeEmpty("what was cancelled because the host ends is called again when it starts");
    }

    [Fact]
    public async Task A_registration_that_blocks_or_throws_when_cancelled_harms_nobody()
    {
        using var gate = new ManualResetEventSlim();
        var target = Some.Calling((_, cancellation) =>
        {
            cancellation.Register(() => throw new InvalidOperationException("mine"));
            cancellation.Register(() => gate.Wait(CancellationToken.None));
            return new(new TaskCompletionSource<ProcessorResult>().Task);
        });

        var result = await Process(Some.Input("in", Some.Execution(), (Some.Step("odd", timeout: Short), target), Some.Appending("+1")));

        result.Output.ToString().Should().Be("in+1");
        gate.Set();
    }

    [Fact]
    public async Task Output_beyond_the_limit_is_cut_in_the_middle_and_marked()
    {
        var input = Some.Input("in", Some.Execution(), (Some.Step("big"), Some.Returning(_ => ProcessorResult.WithOutput(new string('a', 600) + new string('b', 600))))) with { MaxOutputBytes = 1000 };

        var result = await Process(input);

        result.Output.OmittedBytes.Should().Be(200);
        result.Output.OmittedAt.Should().Be(500);
        result.Output.ToString().Should().Be($"{new string('a', 500)}\n[dkron: 200 bytes cut here, max_output 1000]\n{new string('b', 500)}");
    }

    [Fact]
    public async Task A_chain_goes_on_behind_the_outcomes_that_are_known()
    {
        var known = new ProcessorOutcome { Name = "append", State = OutcomeState.Succeeded };
        var input = Some.Input("in", Some.Execution(), Some.Appending("+1"), Some.Appending("+2")) with { Known = [known] };

        var result = await Process(input);

        result.Output.ToString().Should().Be("in+2");
        result.Outcomes[0].Should().BeSameAs(known);
    }

    [Fact]
    public async Task Async_locals_of_a_processor_do_not_reach_the_next_execution()
    {
        var local = new AsyncLocal<string?>();
        var target = Some.Returning(_ =>
        {
            var before = local.Value ?? "clean";
            local.Value = "dirty";
            return ProcessorResult.WithOutput(before);
        });

        for (var i = 0; i < 20; i++)
        {
            var result = await Process(Some.Input("in", Some.Execution(), (Some.Step("local"), target)));

            result.Output.ToString().Should().Be("clean");
        }
    }

    [Fact]
    public async Task Many_chains_at_once_are_all_processed()
    {
        var target = Some.Calling(async (context, _) =>
        {
            await Task.Yield();
            return ProcessorResult.WithOutput(context.Output + "!");
        });

        var results = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Process(Some.Input($"{i}", Some.Execution(), (Some.Step("a"), target), (Some.Step("b"), Some.Returning(c => ProcessorResult.WithOutput(c.Output + "?"))), (Some.Step("c"), target)))));

        results.Select(r => r.Output.ToString()).Should().Equal(Enumerable.Range(0, 2000).Select(i => $"{i}!?!"));
    }

    private async Task<ChainResult> Process(ChainInput input) => await _chain.ProcessAsync(input).WaitAsync(Some.Generous, TestContext.Current.CancellationToken);

    private sealed class NastyException : Exception
    {
        public override string Message => throw new NotSupportedException();
    }

    private sealed class BadMemory : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(10);

        public override Span<byte> GetSpan() => throw new InvalidOperationException("no bytes");

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
