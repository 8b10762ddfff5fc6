using System.Text.Json;
using Dkron.Abstractions;
using Dkron.Host.Api;
using Dkron.Host.Execution;
using Dkron.Host.Jobs;
using Dkron.Host.Records;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Api;

public sealed class LocalControlTests
{
    private static readonly DateTimeOffset Now = SomeDocuments.Start;
    private readonly List<Job> _jobs = [];
    private readonly List<ExecutionRecord> _records = [];
    private readonly List<JobHistory> _histories = [];
    private readonly Dictionary<string, IReadOnlyList<ProcessorOption>> _options = [];

    [Fact]
    public async Task Values_of_the_environment_and_the_payload_are_masked()
    {
        _jobs.Add(Some("nightly") with
        {
            Command = new Command
            {
                Arguments = ["/bin/echo", "it's", "a b"],
                Environment = new Dictionary<string, string> { ["B"] = "hunter2", ["A"] = "hunter3" },
                Payload = "hunter4"u8.ToArray(),
                Timeout = TimeSpan.FromSeconds(90),
            },
        });

        var job = await Control().JobAsync("nightly", CancellationToken.None);

        job.ExecutorConfig.Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["command"] = """/bin/echo 'it'\''s' 'a b'""",
            ["shell"] = "false",
            ["env"] = "A=***,B=***",
            ["payload"] = "***",
            ["timeout"] = "1m30s",
        });
        JsonSerializer.Serialize(job, ApiJson.Shape.JobDocument).Should().NotContain("hunter");
    }

    [Fact]
    public async Task Options_declared_secret_are_masked_and_others_are_shown()
    {
        _options["email"] = [Option("password", OptionType.Secret), Option("host", OptionType.Text)];
        _jobs.Add(Some("nightly") with { Processors = [Step("email", ("Password", "hunter2"), ("host", "mx"))] });

        var job = await Control().JobAsync("nightly", CancellationToken.None);

        job.Processors.Single().Settings.Should().BeEquivalentTo([KeyValuePair.Create("host", "mx"), KeyValuePair.Create("Password", "***")]);
    }

    [Fact]
    public async Task Of_a_processor_that_nobody_knows_every_setting_is_masked()
    {
        _jobs.Add(Some("nightly") with { Processors = [Step("gone", ("dsn", "hunter2"))] });

        var job = await Control().JobAsync("nightly", CancellationToken.None);

        job.Processors.Single().Settings.Single().Value.Should().Be("***");
    }

    [Fact]
    public async Task Of_a_processor_that_declares_nothing_what_sounds_secret_is_masked()
    {
        _options["own"] = [];
        _jobs.Add(Some("nightly") with { Processors = [Step("own", ("Api_Token", "hunter2"), ("url", "x"))] });

        var job = await Control().JobAsync("nightly", CancellationToken.None);

        job.Processors.Single().Settings.Should().BeEquivalentTo([KeyValuePair.Create("Api_Token", "***"), KeyValuePair.Create("url", "x")]);
    }

    [Fact]
    public async Task Reserved_keys_are_told_where_they_differ_from_their_default()
    {
        _options["log"] = [];
        _jobs.Add(Some("nightly") with { Processors = [new ProcessorStep { Name = "log", Forward = true, When = StepCondition.Failure, OnError = StepFailure.Stop, Timeout = TimeSpan.FromSeconds(5), Retries = 2 }] });

        var job = await Control().JobAsync("nightly", CancellationToken.None);

        job.Processors.Single().Settings.Should().Equal(new("forward", "true"), new("when", "failure"), new("on_error", "stop"), new("timeout", "5s"), new("retries", "2"));
    }

    [Fact]
    public async Task A_search_ends_when_its_asker_is_gone()
    {
        _records.Add(Record("1-n", ExecutionStatus.Succeeded));

        var asking = () => Control().ExecutionsAsync(new ExecutionsRequest { Query = new ExecutionQuery { Text = "needle" } }, new CancellationToken(canceled: true));

        await asking.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task History_children_and_what_runs_are_part_of_a_job()
    {
        _jobs.AddRange([Some("parent"), Some("b-child") with { Parent = Name("parent") }, Some("a-child") with { Parent = Name("parent") }]);
        _histories.Add(new JobHistory { JobName = "parent", FirstSeenAt = Now, SuccessCount = 3, ErrorCount = 2, LastErrorAt = Now, LastStatus = ExecutionStatus.TimedOut });
        _records.Add(Record("1-n", ExecutionStatus.Running, "parent"));

        var jobs = await Control().JobsAsync(CancellationToken.None);

        jobs.Select(job => job.Name).Should().Equal("a-child", "b-child", "parent");
        jobs[2].Should().BeEquivalentTo(new { SuccessCount = 3, ErrorCount = 2, LastError = (DateTimeOffset?)Now, LastSuccess = (DateTimeOffset?)null, Status = "failed", Running = 1, DependentJobs = new[] { "a-child", "b-child" } });
        jobs[0].Should().BeEquivalentTo(new { Status = "", Running = 0, ParentJob = "parent", Next = DateTimeOffset.MinValue });
    }

    [Fact]
    public async Task A_lost_execution_has_an_end_and_a_running_one_has_none()
    {
        _records.Add(Record("2-n", ExecutionStatus.Lost));
        _records.Add(Record("1-n", ExecutionStatus.Running));

        var executions = await Control().ExecutionsAsync(new ExecutionsRequest(), CancellationToken.None);

        executions.Select(one => one.FinishedAt).Should().Equal(Now.AddSeconds(1), DateTimeOffset.MinValue);
        executions.Select(one => one.Success).Should().Equal(false, false);
    }

    [Fact]
    public async Task A_list_carries_the_ends_of_long_outputs()
    {
        var output = ExecutionOutput.FromText(new string('x', 5000) + "end");
        _records.Add(Record("1-n", ExecutionStatus.Succeeded) with { Output = output, RawOutput = output });

        var listed = (await Control().ExecutionsAsync(new ExecutionsRequest(), CancellationToken.None)).Single();
        var whole = await Control().ExecutionAsync("1-n", CancellationToken.None);

        listed.Output.Should().HaveLength(4096).And.EndWith("end");
        (listed.OutputTruncated, listed.OutputOmittedBytes).Should().Be((true, 5003 - 4096));
        (whole.Output.Length, whole.OutputTruncated, whole.OutputOmittedBytes).Should().Be((5003, false, 0));
    }

    [Fact]
    public async Task Raw_and_processed_output_are_told_apart()
    {
        _records.Add(Record("1-n", ExecutionStatus.Succeeded) with { RawOutput = ExecutionOutput.FromText("raw"), Output = ExecutionOutput.FromText("processed") });

        var raw = await TextAsync(await Control().OutputAsync("1-n", raw: true, follow: false, CancellationToken.None));
        var processed = await TextAsync(await Control().OutputAsync("1-n", raw: false, follow: true, CancellationToken.None));

        (raw, processed).Should().Be(("raw", "processed"));
    }

    [Fact]
    public async Task While_it_runs_the_output_so_far_is_shown()
    {
        var growing = new GrowingOutput();
        growing.Append("so far");
        _records.Add(Record("1-n", ExecutionStatus.Running));

        var text = await TextAsync(await Control(Work(live: growing.Live)).OutputAsync("1-n", raw: false, follow: false, CancellationToken.None));

        text.Should().Be("so far");
    }

    [Fact]
    public async Task Without_an_agent_nothing_can_be_started_and_the_message_says_how_to_change_that()
    {
        _jobs.Add(Some("nightly"));
        _records.Add(Record("1-n", ExecutionStatus.Running));

        var run = () => Control().RunAsync("nightly", false, CancellationToken.None);
        var stop = () => Control().StopAsync("1-n", CancellationToken.None);

        (await run.Should().ThrowAsync<ControlException>()).Which.Message.Should().Be("job 'nightly' cannot be started: no agent runs with the data directory /data; start one with dkron agent");
        (await stop.Should().ThrowAsync<ControlException>()).Which.Error.Should().Be(ControlError.Unavailable);
    }

    [Fact]
    public async Task What_has_ended_cannot_be_stopped()
    {
        _records.Add(Record("1-n", ExecutionStatus.Failed));

        var stop = () => Control(Work()).StopAsync("1-n", CancellationToken.None);

        var thrown = (await stop.Should().ThrowAsync<ControlException>()).Which;
        (thrown.Error, thrown.Message).Should().Be((ControlError.Conflict, "execution 1-n does not run: it is failed; see dkron show 1-n"));
    }

    [Fact]
    public async Task What_runs_is_stopped_once()
    {
        var stopped = new List<string>();
        _records.Add(Record("1-n", ExecutionStatus.Running));

        await Control(Work(stop: stopped.Add)).StopAsync("1-n", CancellationToken.None);

        stopped.Should().Equal("1-n");
    }

    private static Job Some(string name) => new()
    {
        Name = Name(name),
        Info = new JobInfo { Name = name, DisplayName = name },
        Command = new Command { Arguments = ["/bin/true"] },
    };

    private static JobName Name(string text) => JobName.TryParse(text, out var name, out var error) ? name : throw new InvalidOperationException(error);

    private static ProcessorStep Step(string name, params (string Key, string Value)[] config) =>
        new() { Name = name, Config = new ProcessorConfig(config.Select(one => KeyValuePair.Create(one.Key, one.Value))) };

    private static ProcessorOption Option(string name, OptionType type) => new() { Name = name, Type = type, Description = name };

    private static ExecutionRecord Record(string id, ExecutionStatus status, string job = "nightly") => new()
    {
        Info = new ExecutionInfo { Id = id, JobName = job, NodeName = "n", Group = 1, Attempt = 1, ScheduledAt = Now, StartedAt = Now, FinishedAt = status == ExecutionStatus.Running ? Now : Now.AddSeconds(1), Status = status },
        FinishedAt = status == ExecutionStatus.Running ? null : Now.AddSeconds(1),
        IsProcessed = status != ExecutionStatus.Running,
    };

    private static RunningWork Work(Action<string>? stop = null, LiveBytes? live = null) => new()
    {
        Start = (_, _, _) => Task.FromResult<IReadOnlyList<string>>(["9-n"]),
        Stop = id =>
        {
            stop?.Invoke(id);
            return true;
        },
        Reprocess = (ids, _, _, _) => Task.FromResult(new ReprocessedDocument(ids, [])),
        Live = _ => live,
    };

    private static async Task<string> TextAsync(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    private LocalControl Control(RunningWork? work = null) => new(
        new Facts
        {
            Time = new FakeTimeProvider(Now),
            Jobs = () => _jobs,
            Histories = () => _histories,
            List = (query, cancellationToken) => cancellationToken.IsCancellationRequested ? throw new OperationCanceledException(cancellationToken) : [.. _records.Where(record => query.Status is null || record.Info.Status == query.Status)],
            Find = id => _records.Find(record => record.Info.Id == id),
            DeliveriesOf = _ => [],
            DeadLetters = _ => [],
            Plugins = () => [],
            OptionsOf = name => _options.GetValueOrDefault(name),
            Node = () => new NodeFacts { NodeName = "n", DataDirectory = "/data", SettingsFiles = [], Records = new RecordsDocument { Path = "/data/dkron.db", SizeBytes = 1, Healthy = true, Error = null } },
        },
        work ?? (_records.Exists(record => record.Info.Status == ExecutionStatus.Running && record.Info.JobName == "parent") ? Work() : null),
        owned: null);
}
