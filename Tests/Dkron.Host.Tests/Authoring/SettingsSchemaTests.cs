using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dkron.Abstractions;
using Dkron.Host.Api;
using Dkron.Host.Authoring;
using Dkron.Host.Authoring.Schema;
using Dkron.Host.Jobs;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;
using Dkron.Host.Tests.Jobs;
using NJsonSchema;
using Xunit.v3;

namespace Dkron.Host.Tests.Authoring;

/// <summary>The schema, held against the host's own judgement with a validator from elsewhere.</summary>
public sealed partial class SettingsSchemaTests : IAsyncLifetime
{
    private static readonly PluginDocument[] Plugins =
    [
        Plugin("log", null), Plugin("files", null), Plugin("zeta", null), Plugin("alpha", null), Plugin("10", null),
        Plugin("typed",
        [
            Option("text", OptionType.Text), Option("need", OptionType.Text) with { Required = true }, Option("pick", OptionType.Text) with { Choices = ["one", "two"] },
            Option("flag", OptionType.Boolean), Option("count", OptionType.Integer) with { Minimum = 1, Maximum = 9 },
            Option("wait", OptionType.Duration) with { Minimum = 1 }, Option("room", OptionType.Size) with { Minimum = 10 }, Option("password", OptionType.Secret),
        ]),
    ];

    // What no schema of one document can know: other places, other files, the order of moments, or a number inside a text.
    private static readonly string[] BeyondASchema =
    [
        "parent_job: 'nightly' is the job itself", "parent_job: 'nigthly' is not the name of a job", "name: 'weekly' differs from the key",
        "max_output: '1B' is not a size", "expires_at: '2026-01-02T00:00' is not after starts_at", "Dkron:ShutdownGrace: '2h' is out of range",
        "names no program", "cannot be split into words",
    ];

    private readonly SettingsFolder _folder = new();
    private JsonSchema _schema = null!;

    public async ValueTask InitializeAsync() => _schema = await ParseAsync(Plugins, isPartial: false);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return default;
    }

    public static TheoryData<string, string> BadJobs => Corpus(nameof(ProblemTests.A_wrong_field_is_told_with_job_key_and_value), fields => $$"""{ "Jobs": { "nightly": { "schedule": "@every 2m", "command": "/bin/true", {{fields}} } } }""");

    public static TheoryData<string, string> BadDocuments => Corpus(nameof(ProblemTests.What_is_wrong_around_jobs_is_told_with_its_place), json => json);

    [Theory]
    [MemberData(nameof(BadJobs))]
    [MemberData(nameof(BadDocuments))]
    public void Every_bad_document_that_a_schema_can_reject_is_rejected(string json, string problem)
    {
        var errors = _schema.Validate(json);

        var isBeyond = BeyondASchema.Any(text => problem.Contains(text, StringComparison.Ordinal));
        (errors.Count == 0).Should().Be(isBeyond, $"{json} is refused by the host: {problem}");
    }

    [Fact]
    public void Generated_bad_documents_are_rejected()
    {
        var random = new Random(20260102);
        for (var i = 0; i < 1000; i++)
        {
            var json = Encoding.UTF8.GetString(BadDocumentsTests.Document(random, $"job_{i}"));

            // A number beyond every range is no number to the validator's own parser.
            if (!json.Contains("1e999999", StringComparison.Ordinal) && !json.Contains("\\u", StringComparison.Ordinal))
            {
                _schema.Validate(json).Should().NotBeEmpty(json);
            }
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "$schema": "appsettings.schema.json", "Logging": {}, "Jobs": null, "Processors": null, "Dkron": null, "Serilog": { "MinimumLevel": "Debug" } }""")]
    [InlineData("""{ "Jobs": { "a-1_é": { "command": "x", "schedule": "@daily", "disabled": "T", "retries": "3", "ephemeral": 0, "timeout": "1m30s", "max_output": "1.5 MiB", "env": "A=1", "tags": { "role": "web:2", "n": 5 } } } }""")]
    [InlineData("""{ "Jobs": [ { "name": "a", "executor": "shell", "executor_config": { "command": "x", "shell": "true", "su": "", "mem_limit": null }, "schedule": "@daily", "concurrency": "", "timezone": "Europe/Madrid", "id": "a", "success_count": 7, "last_error": null } ] }""")]
    [InlineData("""{ "Jobs": { "a": { "command": "x", "parent_job": "b" }, "b": { "command": "x", "schedule": "@daily", "timeout": 0, "payload": "aGVsbG8=", "starts_at": "2026-01-02T15:04", "expires_at": "2026-01-03T15:04:05.5+01:00" } } }""")]
    [InlineData("""{ "Jobs": { "a": { "command": "x", "schedule": "@daily", "processors": [ { "name": "log", "when": "FAILURE" }, { "name": "log", "anything": 1 } ] } } }""")]
    [InlineData("""{ "Jobs": { "a": { "command": "x", "schedule": "@daily", "processors": { "log": null, "typed": { "name": "typed", "need": "x", "pick": "ONE", "flag": "false", "count": 9, "wait": "1w", "room": "1KB", "password": "${env:PATH}", "text": 5, "on_error": "stop", "retry_backoff": "0" } } } } }""")]
    [InlineData("""{ "Jobs": { "a": { "command": "x", "schedule": "@daily", "concurrency": "replace", "misfire": "once", "starting_deadline": "5m", "retry_backoff": "exponential 1s max 10m jitter 20%" }, "b": { "command": "x", "schedule": "@daily", "retry_backoff": { "kind": "Linear", "delay": "10s", "jitter": 0.2 } }, "c": { "command": "x", "schedule": "@daily", "retry_backoff": "30s" } } }""")]
    [InlineData("""{ "Processors": { "typed": { "count": "${env:COUNT}", "need": "x" }, "not-here": { "a": 1 } } }""")]
    [InlineData("""{ "Dkron": { "NodeName": "web-1", "DataDirectory": "data", "ShutdownGrace": "00:00:30", "Tags": { "role": "web" }, "Plugins": { "Folders": [ "plugins" ], "PermissionCheck": "enforce", "SettleTime": "100ms", "Limits": { "log": { "MaxConcurrency": 4 } } }, "Records": { "KeepRaw": "false", "MaxTotalBytes": "1GiB" } } }""")]
    public void What_the_host_takes_is_valid(string json)
    {
        _folder.Declare("typed", [.. Plugins[^1].Options!.Select(option => new ProcessorOption { Name = option.Name, Type = option.Type, Description = "", Required = option.Required, Minimum = option.Minimum, Maximum = option.Maximum, Choices = option.Choices })]);
        var reader = new SettingsReader([new SettingsFile(_folder.Main, Optional: false)], [], new System.Collections.Hashtable(), SettingsAccess.Sections, _folder.Root);
        _folder.Write(json.Replace("${env:COUNT}", "5", StringComparison.Ordinal));

        SettingsCheck.Run(reader, _folder.Catalog).Problems.Select(problem => problem.ToString()).Should().BeEmpty();

        _schema.Validate(json).Select(error => error.ToString()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("\"misfire\": \"twice\"")]
    [InlineData("\"starting_deadline\": \"0s\"")]
    [InlineData("\"retry_backoff\": \"exponential\"")]
    [InlineData("\"retry_backoff\": { \"kind\": \"linear\" }")]
    [InlineData("\"retry_backoff\": { \"delay\": \"1s\", \"jitter\": 2 }")]
    [InlineData("\"concurrency\": \"allows\"")]
    public void Words_and_waits_of_a_job_are_checked(string field)
    {
        var json = $$"""{ "Jobs": { "a": { "command": "x", "schedule": "@daily", {{field}} } } }""";
        _folder.Write(json);

        _schema.Validate(json).Should().NotBeEmpty();
        _folder.Problems().Should().ContainSingle();
    }

    [Theory]
    [InlineData("\"count\": 10")]
    [InlineData("\"count\": \"many\"")]
    [InlineData("\"flag\": \"perhaps\"")]
    [InlineData("\"pick\": \"three\"")]
    [InlineData("\"wait\": \"5\"")]
    [InlineData("\"wait\": \"0s\"")]
    [InlineData("\"wait\": \"-5s\"")]
    [InlineData("\"room\": \"big\"")]
    [InlineData("\"room\": 9")]
    [InlineData("\"need\": \" \"")]
    [InlineData("\"password\": []")]
    [InlineData("\"pasword\": \"x\"")]
    public void Each_type_of_option_is_checked(string setting)
    {
        var json = $$"""{ "Jobs": { "a": { "command": "x", "schedule": "@daily", "processors": { "typed": { {{setting}} } } } } }""";

        _schema.Validate(json).Should().NotBeEmpty();
        _schema.Validate(json.Replace("typed", "log", StringComparison.Ordinal)).Count.Should().Match(count => count > 0 == setting.Contains('[', StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_overlays_another_needs_nothing_and_is_checked_all_the_same()
    {
        var schema = await ParseAsync(Plugins, isPartial: true);

        schema.Validate("""{ "Jobs": { "a": { "timeout": "5m" } } }""").Should().BeEmpty();
        schema.Validate("""{ "Jobs": { "a": { "timeout": "5" } } }""").Should().NotBeEmpty();
    }

    [Fact]
    public void Every_setting_of_the_host_says_what_it_is()
    {
        var host = SettingsSchema.Of(Plugins, isPartial: false)["properties"]!["Dkron"]!["anyOf"]![0]!.AsObject();

        var settings = Settings("Dkron", host).ToList();

        settings.Should().HaveCountGreaterThan(20);
        settings.Where(setting => setting.Node["description"] is null).Select(setting => setting.Path).Should().BeEmpty();
    }

    [Fact]
    public void Every_field_of_a_job_is_in_it()
    {
        var job = SettingsSchema.Of(Plugins, isPartial: false)["definitions"]!["job"]!["properties"]!.AsObject();

        job.Select(field => field.Key).Should().BeEquivalentTo(Host.Jobs.Reading.JobFields.Known.Concat(Host.Jobs.Reading.JobFields.Computed));
    }

    [Fact]
    public async Task The_settings_of_the_repository_and_of_its_pages_are_valid()
    {
        var samples = Samples().ToList();
        samples.Should().HaveCountGreaterThan(3);
        var builtIn = await BuiltInAsync();
        var others = Plugins.Concat(new[] { "mail", "db", "shout" }.Select(name => Plugin(name, null))).ExceptBy(builtIn.Select(plugin => plugin.Name), plugin => plugin.Name);
        var schema = await ParseAsync([.. builtIn, .. others], isPartial: false);

        foreach (var (place, json) in samples)
        {
            schema.Validate(json).Select(error => error.ToString()).Should().BeEmpty(place);
        }
    }

    /// <summary>The plugins that come with dkron, with the options that they declare, so that what a page shows of them is held against those.</summary>
    private static async Task<IReadOnlyList<PluginDocument>> BuiltInAsync()
    {
        var check = new PluginCheck(new PluginOptions { PermissionCheck = PermissionCheck.Off }, TimeProvider.System);
        var plugins = new List<PluginDocument>();
        foreach (var folder in BuiltPlugins.Folders)
        {
            var result = await check.RunAsync(folder, TestContext.Current.CancellationToken);
            result.Error.Should().BeNull();
            result.Options.Should().NotBeEmpty(folder);
            plugins.Add(Plugin(result.Name, result.Options));
        }

        plugins.Select(plugin => plugin.Name).Should().Contain(["log", "files", "syslog", "email", "webhook"]);
        return plugins;
    }

    private static Task<JsonSchema> ParseAsync(IReadOnlyList<PluginDocument> plugins, bool isPartial) =>
        JsonSchema.FromJsonAsync(SettingsSchema.Of(plugins, isPartial).ToJsonString(), TestContext.Current.CancellationToken);

    private static IEnumerable<(string Place, string Json)> Samples()
    {
        yield return ("appsettings.json", WithoutComments(File.ReadAllText(Path.Combine(BuiltPlugins.Repository, "Dkron.Host", "appsettings.json"))));
        foreach (var page in Directory.EnumerateFiles(BuiltPlugins.Repository, "*.md", SearchOption.AllDirectories).Where(page => !page.Contains("/bin/", StringComparison.Ordinal) && !page.Contains("/content/", StringComparison.Ordinal)))
        {
            foreach (var block in JsonBlocks().Matches(File.ReadAllText(page)).Select(match => WithoutComments(match.Groups[1].Value).Trim()))
            {
                // A page shows a whole file, or only what it speaks of.
                if (block.StartsWith("\"processors\"", StringComparison.Ordinal))
                {
                    yield return (page, $$"""{ "Jobs": { "a": { "command": "x", "schedule": "@daily", {{block}} } } }""");
                }
                else if (block.StartsWith('{') && JsonNode.Parse(block) is JsonObject root && (root.ContainsKey("Jobs") || root.ContainsKey("Dkron") || root.ContainsKey("Processors")))
                {
                    yield return (page, block);
                }
            }
        }
    }

    private static string WithoutComments(string json) => string.Join('\n', json.Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));

    private static IEnumerable<(string Path, JsonObject Node)> Settings(string path, JsonObject section)
    {
        foreach (var (name, node) in section["properties"]!.AsObject())
        {
            var inner = node!["anyOf"]?[0] as JsonObject;
            if (inner?["properties"] is not null && node["description"] is null)
            {
                foreach (var below in Settings($"{path}:{name}", inner))
                {
                    yield return below;
                }
            }
            else
            {
                yield return ($"{path}:{name}", node.AsObject());
            }
        }
    }

    private static TheoryData<string, string> Corpus(string method, Func<string, string> document)
    {
        var data = new TheoryData<string, string>();
        foreach (var row in typeof(ProblemTests).GetMethod(method)!.GetCustomAttributes().OfType<InlineDataAttribute>())
        {
            data.Add(document((string)row.Data[0]!), (string)row.Data[1]!);
        }

        return data;
    }

    private static PluginDocument Plugin(string name, IReadOnlyList<OptionDocument>? options) =>
        new() { Name = name, Type = "processor", Version = "1.0.0", State = "active", Location = "", Error = null, Options = options };

    private static OptionDocument Option(string name, OptionType type) => new() { Name = name, Type = type, Description = "What it is.", Required = false, Default = null };

    [GeneratedRegex(@"```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlocks();
}
