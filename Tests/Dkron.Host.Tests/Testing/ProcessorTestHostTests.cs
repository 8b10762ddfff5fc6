using Dkron.Abstractions;
using Dkron.Host.Tests.Plugins;
using Dkron.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Testing;

public sealed class ProcessorTestHostTests : IAsyncDisposable
{
    private readonly PluginWorkbench _bench = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_call_gives_result_output_tags_log_and_time()
    {
        const string Members = "public TheProcessor(IPluginLog log, TimeProvider time, PluginInfo info) { log.Write(PluginLogLevel.Information, $\"{info.Name} {info.Version} #{info.Generation} at {time.GetUtcNow():yyyy} in {info.DataDirectory}\"); }";
        var folder = _bench.Add("told", Processor("context.Log.Write(PluginLogLevel.Warning, \"a word\", new InvalidOperationException(\"oh\")); return new(ProcessorResult.WithOutput(context.Output + \"!\").WithTag(\"key\", \"value\"));", Members));
        var time = new FakeTimeProvider(new DateTimeOffset(2031, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var host = await ProcessorTestHost.LoadAsync(folder, new ProcessorTestSettings { Time = time }, Stop);

        var call = await host.CallAsync(new ExecutionBuilder().Output("hello"), Stop);

        call.EnsureWorked().Should().BeEquivalentTo(new { State = OutcomeState.Succeeded, Kind = ProcessorResultKind.Output, Output = "hello!", Version = "1.0.0", Generation = 1 });
        call.Tags.Should().ContainSingle().Which.Should().Be(new KeyValuePair<string, string>("key", "value"));
        call.Duration.Should().BePositive();
        call.Log.Should().ContainSingle().Which.Should().Match<TestLogEntry>(entry => entry.Level == PluginLogLevel.Warning && entry.Message == "a word" && entry.Exception!.Contains("oh"));
        host.Log.Entries[0].Message.Should().Be($"told 1.0.0 #1 at 2031 in {host.DataDirectory}");
    }

    [Theory]
    [InlineData("return new(ProcessorResult.Unchanged);", OutcomeState.Succeeded, null)]
    [InlineData("return new(ProcessorResult.Stop(\"enough\"));", OutcomeState.Stopped, "enough")]
    [InlineData("return new(ProcessorResult.Fail(\"no\"));", OutcomeState.Failed, "no")]
    [InlineData("return new(ProcessorResult.Retry(TimeSpan.FromSeconds(3), \"later\"));", OutcomeState.Retrying, "later")]
    [InlineData("throw new InvalidOperationException(\"no luck\");", OutcomeState.Failed, "InvalidOperationException: no luck")]
    [InlineData("return new((ProcessorResult)null!);", OutcomeState.Failed, "it returned null")]
    [InlineData("return new(Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith<ProcessorResult>(_ => throw new OperationCanceledException()));", OutcomeState.TimedOut, "its time was up")]
    [InlineData("Thread.Sleep(2000); return new(ProcessorResult.Unchanged);", OutcomeState.TimedOut, "it did not end within 0.1 s after its token was cancelled: the host would abandon it")]
    public async Task Each_way_to_end_is_a_result_that_leaves_the_output_as_it_was(string body, OutcomeState state, string? reason)
    {
        var folder = _bench.Add("ends", Processor(body));
        await using var host = await ProcessorTestHost.LoadAsync(folder, new ProcessorTestSettings { AbandonGrace = TimeSpan.FromMilliseconds(100) }, Stop);

        var call = await host.CallAsync(new ExecutionBuilder().Output("as it was").Timeout(state == OutcomeState.TimedOut ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromMinutes(1)), Stop);

        (call.State, call.Reason, call.Output).Should().Be((state, reason, "as it was"));
        Throws(call).Should().Be(state is not (OutcomeState.Succeeded or OutcomeState.Stopped));
    }

    [Fact]
    public async Task What_an_execution_is_made_up_of_arrives()
    {
        var folder = _bench.Add("seen", Processor("""
            var e = context.Execution; var j = context.Job;
            return new(ProcessorResult.WithOutput($"{j.Name}|{j.DisplayName}|{j.OwnerEmail}|{j.Tags["role"]}|{j.Metadata["m"]}|{e.Status}|{e.ExitCode}|{e.PreviousStatus}|{e.Attempt}|{e.IsFinalAttempt}|{e.Trigger}|{context.Forward}|{context.Config["o"]}|{context.InvocationId}|{context.Attempt}|{context.Previous[0].Name}|{context.OriginalOutput}|{context.Output.IsInMemory}|{context.Output.OmittedBytes}|{context.Output}"));
            """));
        var file = Path.Combine(_bench.Root, "large.txt");
        await File.WriteAllTextAsync(file, "from a file", Stop);
        await using var host = await ProcessorTestHost.LoadAsync(folder, cancellationToken: Stop);

        var call = await host.CallAsync(
            new ExecutionBuilder().Job("backup", "Backup").Owner("Ann", "ann@example.com").Tag("role", "web").Metadata("m", "1").Failed(3).After(ExecutionStatus.Succeeded).Attempt(2, isFinal: false)
                .Trigger(ExecutionTrigger.Manual).Forward().Option("o", "x").Invocation("id-7", 2).Previous(new ProcessorOutcome { Name = "files", State = OutcomeState.Succeeded })
                .Output(ExecutionOutput.FromFile(file).WithOmitted(5, 2)).OriginalOutput(ExecutionOutput.FromText("raw")),
            Stop);

        call.Output.Should().Be("backup|Backup|ann@example.com|web|1|Failed|3|Succeeded|2|False|Manual|True|x|id-7|2|files|raw|False|5|from a file");
    }

    [Theory]
    [InlineData("count", "0", "count: '0' is not a valid integer of at least 1")]
    [InlineData("flag", "perhaps", "flag: 'perhaps' is not a valid boolean")]
    [InlineData("pick", "three", "pick: 'three' is not a valid choice; there are one, two")]
    [InlineData("wait", "5", "wait: '5' is not a valid duration")]
    [InlineData("room", "big", "room: 'big' is not a valid size")]
    [InlineData("password", " ", "password: is blank")]
    [InlineData("cuont", "1", "cuont: is not an option of this processor")]
    [InlineData("count", "5", "5 is the one number that is refused")]
    public async Task Options_are_checked_as_the_host_checks_them(string key, string value, string problem)
    {
        var folder = _bench.Add("typed", Processor("return new(ProcessorResult.Unchanged);", """
            public IReadOnlyList<ProcessorOption> Options => [
                new() { Name = "count", Type = OptionType.Integer, Minimum = 1, Description = "" }, new() { Name = "flag", Type = OptionType.Boolean, Description = "" },
                new() { Name = "pick", Type = OptionType.Text, Choices = ["one", "two"], Description = "" }, new() { Name = "wait", Type = OptionType.Duration, Description = "" },
                new() { Name = "room", Type = OptionType.Size, Description = "" }, new() { Name = "password", Type = OptionType.Secret, Required = true, Description = "" } ];
            public IReadOnlyList<string> Validate(ProcessorConfig config) => config.Integer("count", 1) == 5 ? ["5 is the one number that is refused"] : [];
            """, "IExecutionProcessor, IDeclareOptions"));
        await using var host = await ProcessorTestHost.LoadAsync(folder, cancellationToken: Stop);
        var execution = new ExecutionBuilder().Option("password", "secret").Option(key, value);

        host.Problems(execution).Should().ContainSingle().Which.Should().StartWith(problem);
        host.Problems(new ExecutionBuilder()).Should().Equal("password: is missing, and required");
        (await host.Awaiting(it => it.CallAsync(execution, Stop)).Should().ThrowAsync<ProcessorTestException>()).WithMessage("The host would refuse a job with these options: *");
    }

    [Theory]
    [InlineData("cut in the middle", "dkron-processor-broken.dll is damaged")]
    [InlineData("two processors", "has 2 public classes that implement IExecutionProcessor")]
    [InlineData("a missing dependency", "needs Dependency 2.0.0.0")]
    [InlineData("constructor throws", "its constructor failed: InvalidOperationException: no luck")]
    [InlineData("start throws", "its StartAsync failed: InvalidOperationException: not today")]
    [InlineData("self-test fails", "its TestAsync failed: InvalidOperationException: 2 + 2 = 5")]
    [InlineData("an option with a reserved name", "it declares the option 'timeout', which is a key that the host reserves for itself")]
    public async Task What_the_host_would_refuse_is_refused_in_its_words(string kind, string reason)
    {
        BrokenPluginTests.Kinds[kind].Lay(_bench);

        var loading = () => ProcessorTestHost.LoadAsync(Path.Combine(_bench.Folder, "dkron-processor-broken"), cancellationToken: Stop);

        (await loading.Should().ThrowAsync<ProcessorTestException>()).Which.Message.Should().StartWith("The host would refuse dkron-processor-broken: ").And.Contain(reason);
    }

    [Fact]
    public async Task Versions_are_swapped_while_calls_go_on_and_each_call_ends_in_the_version_it_began_in()
    {
        var one = _bench.Add("swapped", "[assembly: AssemblyFileVersion(\"1.0\")]" + Processor("return new(Task.Delay(5).ContinueWith(_ => ProcessorResult.WithOutput(\"one\")));"));
        var two = _bench.Add("swapped", Processor("return new(ProcessorResult.WithOutput(\"two\"));"), _bench.Later);
        await using var host = await ProcessorTestHost.LoadAsync(one, cancellationToken: Stop);

        var report = await host.SwapUnderLoadAsync([two, one, two], callers: 3, cancellationToken: Stop);

        report.EnsureAllWorked().Swaps.Should().Be(3);
        report.Calls.Should().OnlyContain(call => call.Output == (call.Generation % 2 == 1 ? "one" : "two"));
        (await host.CallAsync(cancellationToken: Stop)).Generation.Should().Be(4);
        await host.EnsureUnloadsAsync();
        await host.Awaiting(it => it.CallAsync(cancellationToken: Stop)).Should().ThrowAsync<ProcessorTestException>().WithMessage("The plugin has been unloaded*");
    }

    [Fact]
    public async Task A_refused_build_leaves_the_one_before_in_place()
    {
        var good = _bench.AddGood("kept", "kept");
        var bad = _bench.AddImage("kept", [1], _bench.Later);
        await using var host = await ProcessorTestHost.LoadAsync(good, cancellationToken: Stop);

        await host.Awaiting(it => it.SwapAsync(bad, Stop)).Should().ThrowAsync<ProcessorTestException>();

        (await host.CallAsync(cancellationToken: Stop)).Output.Should().Be("kept");
    }

    [Fact]
    public async Task One_that_stays_in_memory_fails_with_what_is_known_of_the_reason()
    {
        var folder = _bench.Add("stays", Processor("AppDomain.CurrentDomain.ProcessExit += Ended; return new(ProcessorResult.Unchanged);", "static void Ended(object? sender, EventArgs e) { }"));
        await using var host = await ProcessorTestHost.LoadAsync(folder, new ProcessorTestSettings { UnloadLimit = TimeSpan.FromSeconds(1) }, Stop);
        await host.CallAsync(cancellationToken: Stop);

        var unloading = () => host.EnsureUnloadsAsync();

        (await unloading.Should().ThrowAsync<ProcessorTestException>()).Which.Message.Should().Contain("is still in memory 1 s after it was unloaded").And.Contain("it listens to AppDomain.ProcessExit: do that work in DisposeAsync");
    }

    [Fact]
    public async Task A_disposal_that_fails_is_told()
    {
        var folder = _bench.Add("throws", Processor("return new(ProcessorResult.Unchanged);", "public ValueTask DisposeAsync() => throw new InvalidOperationException(\"not me\");"));
        await using var host = await ProcessorTestHost.LoadAsync(folder, cancellationToken: Stop);

        await host.Awaiting(it => it.EnsureUnloadsAsync()).Should().ThrowAsync<ProcessorTestException>().WithMessage("*its DisposeAsync failed: InvalidOperationException: not me*");
    }

    [Fact]
    public async Task A_secret_that_got_out_is_found_wherever_it_is()
    {
        var folder = _bench.Add("leaky", Processor("context.Log.Write(PluginLogLevel.Error, context.Config[\"password\"]); return new(ProcessorResult.Unchanged.WithTag(\"t\", context.Config[\"password\"]));"));
        await using var host = await ProcessorTestHost.LoadAsync(folder, cancellationToken: Stop);

        var call = await host.CallAsync(new ExecutionBuilder().Option("password", "hunter2"), Stop);

        call.Invoking(it => it.EnsureNowhere("hunter2")).Should().Throw<ProcessorTestException>().WithMessage("*it is in a tag and the log:*");
        call.EnsureNowhere("another");
    }

    [Fact]
    public async Task What_is_no_plugin_is_explained()
    {
        await Loading(Path.Combine(_bench.Root, "nowhere")).Should().ThrowAsync<ProcessorTestException>().WithMessage("There is no plugin '*nowhere': give its folder, its dll, or*");
        await Loading(_bench.Data).Should().ThrowAsync<ProcessorTestException>().WithMessage("*holds no dkron-TYPE-NAME.dll*");
        (await ProcessorTestHost.LoadAsync(Path.Combine(_bench.AddGood("direct"), "dkron-processor-direct.dll"), cancellationToken: Stop)).Version.Should().Be("1.0.0");
    }

    private static Func<Task> Loading(string plugin) => () => ProcessorTestHost.LoadAsync(plugin, cancellationToken: Stop);

    private static bool Throws(ProcessorCall call)
    {
        try
        {
            call.EnsureWorked();
            return false;
        }
        catch (ProcessorTestException e)
        {
            return e.Message.StartsWith($"The call should have worked, but the call ended as {call.State}", StringComparison.Ordinal);
        }
    }

    private static string Processor(string body, string members = "", string interfaces = "IExecutionProcessor") => $$"""
        public class TheProcessor : {{interfaces}}
        {
            public ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken) { {{body}} }
            {{members}}
        }
        """;
}
