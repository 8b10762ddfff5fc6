using System.Text;
using System.Text.Json;
using Dkron.Abstractions;
using Dkron.Host.Api;
using Dkron.Host.Tests.Api;

namespace Dkron.Host.Tests.Cli;

public sealed class ReadingVerbTests : IAsyncLifetime
{
    private readonly TempFolder _empty = new();
    private StubAgent _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await StubAgent.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        _empty.Dispose();
    }

    public static TheoryData<string, JsonValueKind> Verbs => new()
    {
        { "jobs", JsonValueKind.Array },
        { "executions", JsonValueKind.Array },
        { "show 1-web-1", JsonValueKind.Object },
        { "show 1-web-1 --follow", JsonValueKind.Object },
        { "plugins", JsonValueKind.Array },
        { "plugins list", JsonValueKind.Array },
        { "plugins describe files", JsonValueKind.Object },
        { "status", JsonValueKind.Object },
        { "version", JsonValueKind.Object },
        { "validate", JsonValueKind.Object },
    };

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task With_json_stdout_is_one_document_whether_an_agent_runs_or_not(string verb, JsonValueKind kind)
    {
        string[] arguments = [.. verb.Split(' '), "--json"];

        var asked = await new SomeCli(_agent.DataDirectory).RunAsync(arguments);
        var alone = await new SomeCli(_empty.Path).RunAsync(arguments);
        var atTerminal = await new SomeCli(_agent.DataDirectory) { IsTerminal = true }.RunAsync(arguments);

        foreach (var run in new[] { asked, alone, atTerminal })
        {
            (run.ExitCode, run.Error).Should().Be((0, ""));
            using var document = JsonDocument.Parse(run.Output);
            document.RootElement.ValueKind.Should().Be(kind);
            run.Output.Should().EndWith("\n").And.NotContain("\u001b").And.NotContain("\uFEFF");
        }
    }

    [Fact]
    public async Task The_agent_is_asked_where_one_runs()
    {
        _agent.Control.Jobs[0] = SomeDocuments.Job("from-agent");

        var asked = await new SomeCli(_agent.DataDirectory).RunAsync("jobs");
        var alone = await new SomeCli(_empty.Path).RunAsync("jobs");

        asked.Output.Should().Contain("from-agent").And.Contain("waiting");
        alone.Output.Should().Contain("nightly").And.Contain("no agent");
    }

    [Fact]
    public async Task Without_a_terminal_a_row_is_one_plain_line_however_long()
    {
        var error = string.Join(' ', Enumerable.Repeat("word", 100));
        _agent.Control.Executions[0] = SomeDocuments.Execution() with { Error = $"two\nlines \u001b[31m{error}", ExitCode = null, Signal = 9, Status = ExecutionStatus.Failed };

        var run = await new SomeCli(_agent.DataDirectory).RunAsync("executions");

        run.Output.Should().Be($"""
            ID       JOB      STATUS  STARTED                   TOOK  EXIT      TRIGGER   ERROR
            1-web-1  nightly  failed  2026-03-04T05:06:07.003Z  2.0s  signal:9  schedule  two lines  [31m{error}

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task At_a_terminal_that_is_too_narrow_only_the_last_column_is_broken()
    {
        const string Id = "1772600767000000000-a-node-with-a-long-name-1";
        _agent.Control.Executions[0] = SomeDocuments.Execution(Id) with { Error = "a sentence of more than thirty characters, the width that it is given" };

        var run = await new SomeCli(_agent.DataDirectory) { IsTerminal = true }.RunAsync("executions"); // 80 columns where it is no real terminal

        run.Output.Should().MatchRegex($"(?m)^{Id}  nightly  .*succeeded.*  2026-03-04T05:06:07\\.003Z  2\\.0s  0     schedule  a sentence of more than").And.Contain("ERROR");
    }

    [Fact]
    public async Task More_executions_than_one_page_has_are_listed_in_order()
    {
        _agent.Control.Executions.Clear();
        _agent.Control.Executions.AddRange(Enumerable.Range(0, 1234).Select(number => SomeDocuments.Execution($"{9999 - number}-web-1")));

        var all = await new SomeCli(_agent.DataDirectory).RunAsync("executions", "--limit", "1200", "--json");
        var some = await new SomeCli(_agent.DataDirectory).RunAsync("executions", "--json");

        Ids(all).Should().HaveCount(1200).And.BeInDescendingOrder().And.OnlyHaveUniqueItems();
        Ids(some).Should().HaveCount(100);
    }

    [Theory]
    [InlineData("executions", "--json")]
    [InlineData("deadletters", "--json")]
    public async Task A_list_that_cannot_be_read_leaves_stdout_empty(params string[] arguments)
    {
        _agent.Control.BeforeList = () => throw new ControlException(ControlError.Failed, "the records cannot be read");

        var run = await new SomeCli(_agent.DataDirectory).RunAsync(arguments);

        run.Should().Be(new CliRun(1, "", "dkron: the records cannot be read\n"));
    }

    [Fact]
    public async Task A_list_that_breaks_off_is_told_to_be_a_part_and_still_one_document()
    {
        _agent.Control.Executions.Clear();
        _agent.Control.Executions.AddRange(Enumerable.Range(0, 1234).Select(number => SomeDocuments.Execution($"{9999 - number}-web-1")));
        _agent.Control.BeforeList = () =>
        {
            if (_agent.Control.Requests.Count > 1)
            {
                throw new ControlException(ControlError.Failed, "the records cannot be read");
            }
        };

        var run = await new SomeCli(_agent.DataDirectory).RunAsync("executions", "--limit", "1200", "--json");

        (run.ExitCode, run.Error).Should().Be((1, "dkron: the list on stdout is not complete\ndkron: the records cannot be read\n"));
        Ids(run).Should().Equal(_agent.Control.Executions.Take(500).Select(execution => execution.Id), "that is the first page");
        run.Output.Should().EndWith("]\n");
    }

    [Fact]
    public async Task A_list_without_anything_is_an_empty_document()
    {
        _agent.Control.Executions.Clear();

        var run = await new SomeCli(_agent.DataDirectory).RunAsync("executions", "--json");

        run.Should().Be(new CliRun(0, "[]\n", ""));
    }

    [Theory]
    [InlineData("executions", "nightly", "--status", "timed_out", "--since", "2h", "--grep", "disk", "--limit", "7")]
    [InlineData("executions", "--job", "nightly", "--status", "timed_out", "--since", "2h", "--grep", "disk", "-n", "7")]
    public async Task A_list_is_asked_for_as_the_options_say(params string[] arguments)
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(SomeDocuments.Start);

        await new SomeCli(_agent.DataDirectory) { Time = time }.RunAsync(arguments);

        _agent.Control.Requests.Single().Query.Should().BeEquivalentTo(new { JobName = "nightly", Status = ExecutionStatus.TimedOut, Since = SomeDocuments.Start.AddHours(-2), Text = "disk", Limit = 7 });
    }

    [Fact]
    public async Task Show_tells_how_it_ended_what_the_processors_did_and_the_output()
    {
        _agent.Control.Output = (raw, _) => new MemoryStream(Encoding.UTF8.GetBytes(raw ? "raw\n" : "processed\n"));

        var processed = await new SomeCli(_agent.DataDirectory).RunAsync("show", "1-web-1");
        var raw = await new SomeCli(_agent.DataDirectory).RunAsync("show", "1-web-1", "--raw");

        processed.Output.Should().Be("""
            execution  1-web-1
            job        nightly
            started    2026-03-04T05:06:07.003Z on web-1, schedule, attempt 1
            status     succeeded after 2.0s, exit code 0

            PROCESSOR  VERSION  STATE      TOOK   IN  OUT  TAGS     ERROR
            files      1.2.0    succeeded  1.5ms  6B  6B   path=/a  -

            processed

            """.ReplaceLineEndings("\n"));
        raw.Output.Should().EndWith("\n\nraw\n");
    }

    [Fact]
    public async Task Status_tells_whether_an_agent_runs()
    {
        var asked = await new SomeCli(_agent.DataDirectory).RunAsync("status");
        var alone = await new SomeCli(_empty.Path).RunAsync("status");

        asked.Output.Should().StartWith("agent           running, process 42, since 2026-03-04T05:06:07Z (1m1s)\n");
        alone.Output.Should().StartWith("agent           not running; start it with dkron agent\n");
        alone.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Validate_lists_problems_on_stderr_and_ends_with_2()
    {
        var cli = new SomeCli(_empty.Path)
        {
            Verdict = new VerdictDocument
            {
                Files = ["/etc/a.json"],
                Jobs = 1,
                Problems =
                [
                    new ProblemDocument { IsError = true, Job = "x", Key = "schedule", Message = "is bad", Text = "/etc/a.json: job 'x': schedule: is bad" },
                    new ProblemDocument { IsError = false, Message = "old", Text = "old" },
                ],
            },
        };

        var run = await cli.RunAsync("validate");
        var json = await cli.RunAsync("validate", "--json");

        (run.ExitCode, run.Output, run.Error).Should().Be((2, "/etc/a.json: 1 problem(s)\n", "dkron: /etc/a.json: job 'x': schedule: is bad\ndkron: warning: old\n"));
        json.ExitCode.Should().Be(2);
        using var document = JsonDocument.Parse(json.Output);
        document.RootElement.GetProperty("valid").GetBoolean().Should().BeFalse();
        document.RootElement.GetProperty("problems")[0].EnumerateObject().Select(field => field.Name).Should().Equal("is_error", "source", "line", "job", "key", "value", "message", "suggestion", "text");
    }

    private static List<string> Ids(CliRun run)
    {
        using var document = JsonDocument.Parse(run.Output);
        return [.. document.RootElement.EnumerateArray().Select(one => one.GetProperty("id").GetString()!)];
    }
}
