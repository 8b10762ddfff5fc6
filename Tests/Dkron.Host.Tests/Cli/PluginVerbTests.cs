using System.Text.Json;
using Dkron.Abstractions;
using Dkron.Host.Api;
using Dkron.Host.Plugins;
using Dkron.Host.Tests.Api;
using Dkron.Host.Tests.Plugins;

namespace Dkron.Host.Tests.Cli;

public sealed class PluginVerbTests : IAsyncLifetime
{
    private static readonly OptionDocument[] Options =
    [
        new() { Name = "host", Type = OptionType.Text, Description = "Where to.", Required = true, Default = null },
        new() { Name = "wait", Type = OptionType.Duration, Description = "How long.", Required = false, Default = "10s", Minimum = 1000 },
    ];

    private readonly PluginWorkbench _bench = new();
    private StubAgent _agent = null!;
    private SomeCli _cli = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = await StubAgent.StartAsync();
        _agent.Control.Plugins[0] = SomeDocuments.Plugin with { Options = Options };
        _cli = new SomeCli(_agent.DataDirectory) { Installed = _agent.Control.Plugins };
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _bench.DisposeAsync();
    }

    [Theory]
    [InlineData("plugins")]
    [InlineData("plugins", "list")]
    [InlineData("plugins", "reload", "files")]
    [InlineData("plugins", "rollback", "files")]
    public async Task Each_verb_that_lists_gives_one_row_for_each_plugin(params string[] arguments)
    {
        var run = await _cli.RunAsync(arguments);

        run.Should().Be(new CliRun(0, "NAME   TYPE       VERSION  STATE   LOCATION                        REMARKS\nfiles  processor  1.2.0    active  /plugins/dkron-processor-files  -\n", ""));
    }

    [Fact]
    public async Task A_reload_fails_when_a_build_is_refused_also_while_an_earlier_one_goes_on()
    {
        _agent.Control.Plugins[0] = SomeDocuments.Plugin with { Refusal = "it is damaged" };

        var run = await _cli.RunAsync("plugins", "reload", "files");

        run.ExitCode.Should().Be(1);
    }

    [Fact]
    public async Task Describe_shows_the_plugin_and_its_options()
    {
        var run = await _cli.RunAsync("plugins", "describe", "files");

        run.Should().Be(new CliRun(0, """
            name       files
            version    1.2.0
            state      active
            location   /plugins/dkron-processor-files

            OPTION  TYPE                   DEFAULT   MEANING
            host    text                   required  Where to.
            wait    duration, at least 1s  10s       How long.

            """.ReplaceLineEndings("\n"), ""));
    }

    [Fact]
    public async Task Describe_gives_all_of_it_as_json_and_the_table_as_markdown()
    {
        var json = await _cli.RunAsync("plugins", "describe", "files", "--json");
        var markdown = await _cli.RunAsync("plugins", "describe", "files", "--markdown");

        using var document = JsonDocument.Parse(json.Output);
        var wait = document.RootElement.GetProperty("options")[1];
        (wait.GetProperty("type").GetString(), wait.GetProperty("minimum").GetInt64(), wait.GetProperty("default").GetString()).Should().Be(("duration", 1000, "10s"));
        markdown.Output.Should().Be("| option | type | default | meaning |\n|---|---|---|---|\n| `host` | text | required | Where to. |\n| `wait` | duration, at least 1s | `10s` | How long. |\n");
    }

    [Fact]
    public async Task Describe_of_what_is_not_there_says_so()
    {
        (await _cli.RunAsync("plugins", "describe", "nobody")).Should().Be(new CliRun(2, "", "dkron: there is no plugin 'nobody'; dkron plugins lists them\n"));
    }

    [Fact]
    public async Task Check_says_good_or_why_not_with_its_exit_code()
    {
        var good = _bench.AddGood("fine");
        var bad = _bench.AddImage("bad", []);

        var passed = await _cli.RunAsync("plugins", "check", good);
        var failed = await _cli.RunAsync("plugins", "check", bad);
        var json = await _cli.RunAsync("plugins", "check", bad, "--json");

        (passed.ExitCode, passed.Error).Should().Be((0, ""));
        passed.Output.Should().StartWith($"{good}: good: processor fine 1.0.0, leaves memory when it is replaced\nhash       {TreeHash.Of(PluginSource.At(good))}\n");
        failed.Should().Be(new CliRun(1, "", $"dkron: {bad} would be refused: dkron-processor-bad.dll is empty; copy the plugin again\n"));
        using var document = JsonDocument.Parse(json.Output);
        (json.ExitCode, document.RootElement.GetProperty("good").GetBoolean(), document.RootElement.GetProperty("error").GetString()).Should().Be((1, false, "dkron-processor-bad.dll is empty; copy the plugin again"));
    }

    [Fact]
    public async Task Inspect_tells_what_the_files_tell_and_runs_nothing_of_them()
    {
        const string Trace = "inspect-ran";
        var folder = _bench.AddImage("told", PluginCompiler.Compile(
            "dkron-processor-told",
            PluginCompiler.Header("2.1.0") + "[assembly: AssemblyMetadata(\"Dkron.Contract\", \"1.1\")] [Delivery] " + PluginCompiler.Processor("System.ComponentModel.TypeDescriptor.GetConverter(typeof(int)).ToString()!", $"static TheProcessor() => AppContext.SetData(\"{Trace}\", 1);")));

        var text = await _cli.RunAsync("plugins", "inspect", folder);
        var json = await _cli.RunAsync("plugins", "inspect", folder, "--json");

        text.ExitCode.Should().Be(0);
        text.Output.Should().Contain("name       told\ntype       processor, a delivery").And.Contain("version    2.1.0\ncontract   1.1\nframework  .NETCoreApp,Version=v10.0\n")
            .And.Contain("needs      Dkron.Abstractions 1.0.0.0 (contract)").And.Contain("a replaced version may stay in memory, since it uses TypeDescriptor");
        using var document = JsonDocument.Parse(json.Output);
        document.RootElement.GetProperty("references").EnumerateArray().Select(reference => reference.GetProperty("source").GetString()).Should().Contain(["contract", "framework"]);
        AppContext.GetData(Trace).Should().BeNull();
    }

    [Fact]
    public async Task Inspect_tells_the_options_when_the_code_may_run()
    {
        var folder = _bench.Add("told", PluginCompiler.Processor("\"\"", "public IReadOnlyList<ProcessorOption> Options => [new() { Name = \"level\", Type = OptionType.Integer, Description = \"How much.\" }];", "IExecutionProcessor, IDeclareOptions"));

        var run = await _cli.RunAsync("plugins", "inspect", folder, "--options");

        run.Output.Should().Contain("level   integer  -        How much.");
    }

    [Fact]
    public async Task Inspect_of_a_broken_build_says_why_it_would_be_refused()
    {
        var folder = _bench.Add("none", "public class Nothing { }");

        var run = await _cli.RunAsync("plugins", "inspect", folder);

        run.Output.Should().Contain("refused    dkron-processor-none.dll has no public class that implements IExecutionProcessor");
        (await _cli.RunAsync("plugins", "inspect", _bench.Root)).ExitCode.Should().Be(2);
    }

    [Fact]
    public async Task Hash_is_what_the_agent_would_compare()
    {
        var folder = _bench.AddGood("fine");

        (await _cli.RunAsync("plugins", "hash", folder)).Output.Should().Be(TreeHash.Of(PluginSource.At(folder)) + "\n");
    }

    [Fact]
    public async Task Hash_with_json_is_one_document()
    {
        var folder = _bench.AddGood("fine");

        var run = await _cli.RunAsync("plugins", "hash", folder, "--json");

        run.ExitCode.Should().Be(0);
        using var document = JsonDocument.Parse(run.Output);
        document.RootElement.EnumerateObject().Select(field => (field.Name, field.Value.GetString())).Should().Equal(("location", folder), ("tree_hash", TreeHash.Of(PluginSource.At(folder))));
    }

    [Fact]
    public async Task Schema_is_a_document_with_the_plugins_that_are_installed()
    {
        var run = await _cli.RunAsync("schema");

        using var document = JsonDocument.Parse(run.Output);
        document.RootElement.GetProperty("$schema").GetString().Should().Be("https://json-schema.org/draft/2020-12/schema");
        document.RootElement.GetProperty("definitions").GetProperty("processor_files").GetProperty("properties").GetProperty("wait").GetProperty("default").GetString().Should().Be("10s");
    }
}
