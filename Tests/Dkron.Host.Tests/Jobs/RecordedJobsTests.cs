using Dkron.Abstractions;
using Dkron.Host.Jobs;

namespace Dkron.Host.Tests.Jobs;

public sealed class RecordedJobsTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_recorded_job_says_what_it_said_and_the_node_what_it_says_now()
    {
        _folder.Write("""
            {
              "Processors": { "log": { "password": "old secret", "host": "a" } },
              "Jobs": { "nightly": {
                "schedule": "@daily", "command": "true", "owner": "ops", "tags": { "role": "web" }, "metadata": { "team": "x" }, "max_output": "2MiB",
                "processors": [ { "name": "zeta", "on_error": "fail" }, { "name": "log", "host": "b", "retries": 7, "forward": true }, { "name": "zeta", "a": "1.50" } ]
              } }
            }
            """);
        var before = _folder.Check().Jobs!.ByName["nightly"];
        var document = before.Document;
        _folder.Write("""{ "Processors": { "log": { "password": "new secret", "port": "25" } }, "Jobs": {} }""");
        _folder.Catalog.Clear();

        var read = _folder.Check().Jobs!.Recorded.Read(document)!;

        document.Should().NotContain("secret", "what stands on the node is not recorded");
        read.Info.Should().BeEquivalentTo(before.Info);
        read.MaxOutputBytes.Should().Be(2 * 1024 * 1024);
        read.Steps.Select(step => step.Name).Should().Equal("zeta", "log", "zeta");
        read.Steps[0].OnError.Should().Be(StepFailure.Fail);
        (read.Steps[1].Retries, read.Steps[1].Forward).Should().Be((7, true));
        read.Steps[1].Config.Should().BeEquivalentTo(new Dictionary<string, string> { ["password"] = "new secret", ["port"] = "25", ["host"] = "b" });
        read.Steps[2].Config["a"].Should().Be("1.50");
    }

    [Fact]
    public void A_recorded_job_follows_the_references_in_secret_options_as_a_job_of_today_does()
    {
        _folder.Declare("log", new ProcessorOption { Name = "password", Type = OptionType.Secret, Description = "" }, new ProcessorOption { Name = "token", Type = OptionType.Secret, Description = "" });
        _folder.Write("""
            {
              "Processors": { "log": { "password": "${env:PATH}" } },
              "Jobs": { "nightly": { "schedule": "@daily", "command": "true", "processors": { "log": { "token": "${env:HOME}" } } } }
            }
            """);
        var document = _folder.Check().Jobs!.ByName["nightly"].Document;

        var read = _folder.Check().Jobs!.Recorded.Read(document)!;

        document.Should().Contain("${env:HOME}", "what it refers to is not recorded");
        read.Steps[0].Config.Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["password"] = Environment.GetEnvironmentVariable("PATH")!,
            ["token"] = Environment.GetEnvironmentVariable("HOME")!,
        });
    }

    [Theory]
    [InlineData("${env:DKRON_TEST_NEVER_SET}", "refers to the environment variable DKRON_TEST_NEVER_SET, which is not set; set it for the agent")]
    [InlineData("${file:/nowhere/secret}", "refers to the file /nowhere/secret, which is not there")]
    public void A_step_of_a_recorded_job_tells_which_of_its_references_leads_nowhere(string reference, string problem)
    {
        _folder.Declare("log", new ProcessorOption { Name = "password", Type = OptionType.Secret, Description = "" });
        _folder.Write("""{ "Jobs": { "nightly": { "schedule": "@daily", "command": "true", "processors": { "zeta": {}, "log": { "password": "${env:PATH}" } } } } }""");
        var document = _folder.Check().Jobs!.ByName["nightly"].Document.Replace("${env:PATH}", reference, StringComparison.Ordinal);

        var read = _folder.Check().Jobs!.Recorded.Read(document)!;

        read.Steps.Select(step => step.Unresolved).Should().Equal(null, $"it is not called without its setting processors.log.password, which {problem}");
    }

    [Fact]
    public void A_reference_of_the_node_that_leads_nowhere_is_told_by_each_step_until_it_leads_somewhere_again()
    {
        _folder.Declare("log", new ProcessorOption { Name = "password", Type = OptionType.Secret, Description = "" });
        File.WriteAllText(_folder.At("secret"), "hunter2");
        _folder.Write($$"""
            {
              "Processors": { "log": { "password": "${file:{{_folder.At("secret")}}}" } },
              "Jobs": { "nightly": { "schedule": "@daily", "command": "true", "processors": [ { "name": "log" }, { "name": "log" } ] } }
            }
            """);
        var jobs = _folder.Check().Jobs!;
        var document = jobs.ByName["nightly"].Document;

        File.Delete(_folder.At("secret"));
        var without = jobs.Recorded.Read(document)!;
        File.WriteAllText(_folder.At("secret"), "hunter3");
        var with = jobs.Recorded.Read(document)!;

        without.Steps.Should().HaveCount(2).And.OnlyContain(step => step.Unresolved!.StartsWith("it is not called without its setting Processors:log:password, which refers to the file "));
        with.Steps.Should().HaveCount(2).And.OnlyContain(step => step.Unresolved == null && step.Config["password"] == "hunter3");
    }

    [Fact]
    public void A_job_without_processors_is_recorded_without_them()
    {
        _folder.Write("""{ "Jobs": { "nightly": { "schedule": "@daily", "command": "true" } } }""");
        var jobs = _folder.Check().Jobs!;

        var read = jobs.Recorded.Read(jobs.ByName["nightly"].Document)!;

        read.Steps.Should().BeEmpty();
        read.Info.Schedule.Should().Be("@daily");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("document")]
    public void What_is_no_recorded_job_gives_none(string document) => _folder.Write("{}").Check().Jobs!.Recorded.Read(document).Should().BeNull();
}
