using Dkron.Abstractions;
using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Jobs;

public sealed class StepOptionTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public StepOptionTests() => _folder.Declare(
        "files",
        new ProcessorOption { Name = "log_dir", Type = OptionType.Text, Required = true, Description = "x" },
        new ProcessorOption { Name = "max_files", Type = OptionType.Integer, Minimum = 1, Maximum = 1000, Description = "x" },
        new ProcessorOption { Name = "max_age", Type = OptionType.Duration, Minimum = 1000, Description = "x" },
        new ProcessorOption { Name = "max_bytes", Type = OptionType.Size, Maximum = 1024, Description = "x" },
        new ProcessorOption { Name = "sync", Type = OptionType.Boolean, Description = "x" },
        new ProcessorOption { Name = "format", Type = OptionType.Text, Choices = ["plain", "json"], Description = "x" });

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(""" "log_dir": "/x", "max_file": 1 """, "processors.files.max_file: is not an option of the processor files; did you mean 'max_files'?")]
    [InlineData(""" "max_files": 1 """, "processors.files.log_dir: is missing, here and in the node's section Processors:files")]
    [InlineData(""" "log_dir": " " """, "processors.files.log_dir: ' ' is not a text that is not blank")]
    [InlineData(""" "log_dir": "/x", "max_files": 0 """, "processors.files.max_files: '0' is not a whole number of at least 1 and at most 1000")]
    [InlineData(""" "log_dir": "/x", "max_files": 1.5 """, "processors.files.max_files: '1.5' is not a whole number")]
    [InlineData(""" "log_dir": "/x", "max_age": "10ms" """, "processors.files.max_age: '10ms' is not a duration such as 90s, 1m30s or 7d of at least 1s")]
    [InlineData(""" "log_dir": "/x", "max_bytes": "2KB" """, "processors.files.max_bytes: '2KB' is not a size such as 4096, 64KB or 1GiB of at most 1024 bytes")]
    [InlineData(""" "log_dir": "/x", "sync": "maybe" """, "processors.files.sync: 'maybe' is not true or false")]
    [InlineData(""" "log_dir": "/x", "format": "jsn" """, "processors.files.format: 'jsn' is not one of plain, json; did you mean 'json'?")]
    public void A_wrong_option_is_told(string options, string problem)
    {
        _folder.WriteJob($$""" "processors": { "files": { {{options}} } } """);

        _folder.Problems().Should().ContainSingle().Which.Should().Contain("job 'nightly': " + problem);
    }

    [Fact]
    public void A_required_option_may_come_from_the_node_and_keys_have_no_case()
    {
        _folder.Write("""{ "Processors": { "files": { "LOG_DIR": "/x", "max_files": "5" } }, "Jobs": { "nightly": { "command": "x", "schedule": "@daily", "processors": { "files": { "Max_Files": 7 } } } } }""");

        var config = _folder.Job().Processors[0].Config;

        (config["log_dir"], config["max_files"], config.Count).Should().Be(("/x", "7", 2));
    }

    [Fact]
    public void A_wrong_value_of_the_node_is_told_once_for_all_jobs()
    {
        _folder.Write("""
            { "Processors": { "files": { "log_dir": "/x", "max_files": "many" } },
              "Jobs": { "a": { "command": "x", "schedule": "@daily", "processors": { "files": {} } }, "b": { "command": "y", "schedule": "@daily", "processors": { "files": { } } } } }
            """);

        _folder.Problems().Should().ContainSingle().Which.Should().Contain("Processors:files:max_files: 'many' is not a whole number");
    }

    [Fact]
    public void The_processor_itself_is_asked_about_the_whole()
    {
        _folder.Catalog["log"] = new PluginDescription { Name = "log", Validate = (config, _) => config.ContainsKey("a") && config.ContainsKey("b") ? ["a and b exclude each other"] : [] };
        _folder.WriteJob(""" "processors": { "log": { "a": 1, "b": 2 } } """);

        _folder.Problems().Should().ContainSingle().Which.Should().EndWith("job 'nightly': processors.log: a and b exclude each other");
    }

    [Fact]
    public void A_processor_that_throws_when_asked_is_a_problem_of_the_step()
    {
        _folder.Catalog["log"] = new PluginDescription { Name = "log", Validate = (_, _) => throw new InvalidOperationException("boom") };
        _folder.WriteJob(""" "processors": { "log": {} } """);

        _folder.Problems().Should().ContainSingle().Which.Should().Contain("could not check its settings: InvalidOperationException: boom");
    }
}
