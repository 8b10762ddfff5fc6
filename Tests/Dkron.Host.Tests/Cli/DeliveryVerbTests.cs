using System.Text.Json;
using Dkron.Abstractions;
using Dkron.Host.Api;
using Dkron.Host.Tests.Api;

namespace Dkron.Host.Tests.Cli;

public sealed class DeliveryVerbTests : IAsyncLifetime
{
    private StubAgent _agent = null!;
    private SomeCli _cli = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = await StubAgent.StartAsync();
        _cli = new SomeCli(_agent.DataDirectory);
    }

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Fact]
    public async Task Dead_letters_are_listed_with_what_an_operator_needs()
    {
        _agent.Control.DeadLetters.AddRange([Letter("1-web-1", 0, "nightly"), Letter("2-web-1", 2, "hourly")]);

        var all = await _cli.RunAsync("deadletters");
        var one = await _cli.RunAsync("deadletters", "--job", "hourly", "--json");

        all.Output.Split('\n')[1].Should().MatchRegex("^1-web-1 +nightly +1 +send +2026-03-04T05:06:07Z +4 +it is down$");
        using var document = JsonDocument.Parse(one.Output);
        document.RootElement.EnumerateArray().Should().ContainSingle().Which.GetProperty("step").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task More_dead_letters_than_fit_a_page_are_read_once_each()
    {
        _agent.Control.DeadLetters.AddRange(Enumerable.Range(0, 2500).Select(i => Letter($"{i}-web-1", 0, "nightly") with { At = SomeDocuments.Start.AddSeconds(-(i / 3)) }));

        var run = await _cli.RunAsync("deadletters", "--limit", "2400", "--json");

        using var document = JsonDocument.Parse(run.Output);
        document.RootElement.EnumerateArray().Select(letter => letter.GetProperty("execution").GetString()).Should().Equal(Enumerable.Range(0, 2400).Select(i => $"{i}-web-1"));
    }

    [Fact]
    public async Task One_execution_is_processed_again_wholly_or_by_one_step()
    {
        var whole = await _cli.RunAsync("reprocess", "1-web-1");
        var step = await _cli.RunAsync("reprocess", "1-web-1", "--step", "files");

        whole.Should().Be(new CliRun(0, "1 execution processed again\n", ""));
        step.ExitCode.Should().Be(0);
        _agent.Control.Reprocessed.Select(call => (call.Ids.Single(), call.Step, call.DeadOnly)).Should().Equal(("1-web-1", null, false), ("1-web-1", "files", false));
    }

    [Fact]
    public async Task What_cannot_be_processed_again_is_explained()
    {
        var run = await _cli.RunAsync("reprocess", "7-web-1");

        run.Should().Be(new CliRun(1, "", "dkron: there is no execution '7-web-1'\n"));
    }

    [Fact]
    public async Task A_selection_is_asked_for_in_pages_and_without_what_has_no_result()
    {
        _agent.Control.Executions.Clear();
        _agent.Control.Executions.AddRange(Enumerable.Range(0, 450).Select(i => SomeDocuments.Execution($"{i}-web-1", i % 9 == 0 ? ExecutionStatus.Running : ExecutionStatus.Succeeded)));

        var run = await _cli.RunAsync("reprocess", "--job", "nightly", "--since", "2h");

        run.Output.Should().Be("400 executions processed again\n");
        _agent.Control.Reprocessed.Select(call => call.Ids.Count).Should().Equal(200, 200);
        _agent.Control.Requests.Should().OnlyContain(request => request.Query.JobName == "nightly" && request.Query.Since != null);
    }

    [Fact]
    public async Task All_dead_letters_are_tried_again_and_no_other_step_of_their_executions()
    {
        _agent.Control.Executions.Add(SomeDocuments.Execution("2-web-1"));
        _agent.Control.DeadLetters.AddRange([Letter("1-web-1", 0, "nightly"), Letter("1-web-1", 1, "nightly") with { Processor = "files" }, Letter("2-web-1", 0, "hourly")]);

        var all = await _cli.RunAsync("reprocess", "--dead", "--json");
        var some = await _cli.RunAsync("reprocess", "--dead", "--step", "files");

        (all.ExitCode, some.ExitCode).Should().Be((0, 0));
        _agent.Control.Reprocessed.Should().OnlyContain(call => call.DeadOnly)
            .And.Subject.Select(call => $"{call.Step}: {string.Join(' ', call.Ids)}").Should().Equal([": 1-web-1 2-web-1", "files: 1-web-1"], "an execution with two dead letters is asked for once");
    }

    [Theory]
    [InlineData("dkron: say which: an EXECUTION-ID, --dead, or a selection with --job, --status, --since, --until\n", "reprocess")]
    [InlineData("dkron: an EXECUTION-ID stands alone or with --step\n", "reprocess", "1-web-1", "--job", "nightly")]
    [InlineData("dkron: --dead goes with --job and --step only\n", "reprocess", "--dead", "--status", "failed")]
    public async Task What_is_selected_is_said_plainly(string error, params string[] arguments)
    {
        var run = await _cli.RunAsync(arguments);

        run.Should().Be(new CliRun(2, "", error));
        _agent.Control.Reprocessed.Should().BeEmpty();
    }

    [Fact]
    public async Task An_execution_is_shown_with_its_steps_that_wait_or_were_given_up()
    {
        _agent.Control.Executions[0] = SomeDocuments.Execution("1-web-1") with { Undelivered = [Letter("1-web-1", 0, "nightly"), Letter("1-web-1", 2, "nightly") with { GivenUp = false, Tries = 1 }] };

        var run = await _cli.RunAsync("show", "1-web-1");

        run.Output.Should().Contain("step 1, send, was tried 4 times and given up at 2026-03-04T05:06:07Z: it is down\n")
            .And.Contain("step 3, send, was tried once and is tried again at 2026-03-04T05:06:07Z: it is down\n");
    }

    [Fact]
    public async Task The_status_counts_what_waits_and_what_was_given_up()
    {
        _agent.Control.Status = () => SomeDocuments.Status() with { Processing = new ProcessingDocument { InHand = 5, MaxInHand = 5, Unfinished = 70, WaitingSteps = 3, DeadLetters = 2, FullSince = SomeDocuments.Start } };

        var run = await _cli.RunAsync("status");

        run.Output.Should().Contain("70 results not finished, 3 steps wait for another try, 2 given up\n").And.Contain("5 of 5 are in hand, and since 2026-03-04T05:06:07Z further ones wait on disk\n");
    }

    [Fact]
    public async Task Records_are_checked_and_the_exit_code_tells()
    {
        var whole = await _cli.RunAsync("records", "check");
        _cli.Checked = new RecordsCheckDocument("/data/records.db", Whole: false, ["execution 1-web-1: the checksum of its record is wrong"]);
        var damaged = await _cli.RunAsync("records", "check");
        var json = await _cli.RunAsync("records", "check", "--json");

        whole.Should().Be(new CliRun(0, "/data/records.db is whole: every page, record and output file is as it was written\n", ""));
        damaged.Should().Be(new CliRun(1, "execution 1-web-1: the checksum of its record is wrong\n", ""));
        using var document = JsonDocument.Parse(json.Output);
        document.RootElement.GetProperty("whole").GetBoolean().Should().BeFalse();
    }

    private static DeadLetterDocument Letter(string id, int step, string job) => new()
    {
        Execution = id,
        JobName = job,
        Step = step,
        Processor = "send",
        GivenUp = true,
        Tries = 4,
        At = SomeDocuments.Start,
        Reason = "it is down",
    };
}
