using System.Diagnostics;
using Dkron.Abstractions;

namespace Dkron.Host.Tests.Jobs;

/// <summary>Secrets come from the node's section, from the environment or from files, and are shown nowhere.</summary>
public sealed class SecretReferenceTests : IDisposable
{
    private const string Secret = "hunter2-is-secret";

    private readonly SettingsFolder _folder = new();
    private readonly string _variable = $"DKRON_TEST_{Guid.NewGuid():N}";

    public SecretReferenceTests() => _folder.Declare(
        "log",
        new ProcessorOption { Name = "password", Type = OptionType.Secret, Description = "x" },
        new ProcessorOption { Name = "host", Type = OptionType.Text, Description = "x" });

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(_variable, null);
        _folder.Dispose();
    }

    [Fact]
    public void A_secret_comes_from_the_environment()
    {
        Environment.SetEnvironmentVariable(_variable, Secret);
        WriteNode($"${{env:{_variable}}}");

        _folder.Job().Processors[0].Config["password"].Should().Be(Secret);
    }

    [Theory]
    [InlineData(Secret)]
    [InlineData(Secret + "\n")]
    [InlineData(Secret + "\r\n")]
    public void A_secret_comes_from_a_file_without_the_end_of_its_line(string content)
    {
        File.WriteAllText(_folder.At("secret"), content);
        WriteNode($"${{file:{_folder.At("secret")}}}");

        _folder.Job().Processors[0].Config["password"].Should().Be(Secret);
    }

    [Fact]
    public void References_may_be_parts_of_a_secret_of_the_node_and_what_they_lead_to_is_no_reference()
    {
        Environment.SetEnvironmentVariable(_variable, "${env:HOME}");
        File.WriteAllText(_folder.At("secret"), Secret);
        WriteNode($"a ${{env:{_variable}}} b ${{file:{_folder.At("secret")}}} $ {{}}");

        _folder.Job().Processors[0].Config["password"].Should().Be($"a ${{env:HOME}} b {Secret} $ {{}}");
    }

    [Fact]
    public void A_secret_may_stand_in_the_section_of_the_node()
    {
        WriteNode(Secret);

        _folder.Job().Processors[0].Config["password"].Should().Be(Secret);
    }

    [Fact]
    public void A_secret_in_a_job_is_refused_and_not_shown()
    {
        _folder.WriteJob($$""" "processors": { "log": { "password": "{{Secret}}" } } """);

        _folder.Problems().Should().ContainSingle().Which.Should()
            .Contain("job 'nightly': processors.log.password: is a secret, and a job is no place for one; write it in the node's section Processors, or here as ${env:NAME} or ${file:PATH}")
            .And.NotContain(Secret);
    }

    [Fact]
    public void A_job_that_mixes_a_secret_with_a_reference_is_refused()
    {
        Environment.SetEnvironmentVariable(_variable, "x");
        _folder.WriteJob($$""" "processors": { "log": { "password": "{{Secret}}${env:{{_variable}}}" } } """);

        _folder.Problems().Should().ContainSingle().Which.Should().Contain("a job is no place for one").And.NotContain(Secret);
    }

    [Fact]
    public void A_job_may_refer_to_a_secret()
    {
        Environment.SetEnvironmentVariable(_variable, Secret);
        _folder.WriteJob($$""" "processors": { "log": { "password": "${env:{{_variable}}}" } } """);

        _folder.Job().Processors[0].Config["password"].Should().Be(Secret);
    }

    [Theory]
    [InlineData("${env:DKRON_TEST_NEVER_SET}", "refers to the environment variable DKRON_TEST_NEVER_SET, which is not set; set it for the agent")]
    [InlineData("${file:/nowhere/secret}", "refers to the file /nowhere/secret, which is not there")]
    [InlineData("${file:secret}", "refers to the file secret, which is no absolute path")]
    [InlineData("${file:/tmp}", "refers to the file /tmp, which is not a regular file")]
    [InlineData("${file:/dev/zero}", "refers to the file /dev/zero, which is not a regular file")]
    public void A_reference_that_leads_nowhere_is_told_with_job_and_key(string reference, string problem)
    {
        _folder.WriteJob($$""" "processors": { "log": { "password": "{{reference}}" } } """);

        _folder.Problems().Should().ContainSingle().Which.Should().EndWith($"job 'nightly': processors.log.password: {problem}");
    }

    [Fact]
    public void A_reference_of_the_node_that_leads_nowhere_is_told_once_for_all_jobs()
    {
        _folder.Write("""
            { "Processors": { "log": { "password": "${env:DKRON_TEST_NEVER_SET}" } },
              "Jobs": { "a": { "command": "x", "schedule": "@daily", "processors": { "log": {} } }, "b": { "command": "x", "schedule": "@daily", "processors": { "log": {} } } } }
            """);

        _folder.Problems().Should().ContainSingle().Which.Should().Contain("Processors:log:password: refers to the environment variable");
    }

    [Theory]
    [InlineData("", "which is empty")]
    [InlineData("\n", "which is empty")]
    [InlineData(null, "which is longer than 64 KiB")]
    public void A_file_that_can_be_no_secret_is_told(string? content, string problem)
    {
        File.WriteAllText(_folder.At("secret"), content ?? new string('x', 100_000));
        WriteNode($"${{file:{_folder.At("secret")}}}");

        _folder.Problems().Should().ContainSingle().Which.Should().EndWith(problem);
    }

    [Fact]
    public async Task A_pipe_is_told_and_not_waited_for()
    {
        using (var make = Process.Start("mkfifo", [_folder.At("pipe")]))
        {
            await make.WaitForExitAsync(CancellationToken.None);
        }

        WriteNode($"${{file:{_folder.At("pipe")}}}");

        _folder.Problems().Should().ContainSingle().Which.Should().EndWith("which is not a regular file");
    }

    [Fact]
    public void In_an_option_that_is_no_secret_a_reference_is_a_text_and_that_is_told()
    {
        Environment.SetEnvironmentVariable(_variable, Secret);
        _folder.WriteJob($$""" "processors": { "log": { "host": "${env:{{_variable}}}" } } """);

        var result = _folder.Check();

        result.Jobs!.ByName["nightly"].Processors[0].Config["host"].Should().Be($"${{env:{_variable}}}");
        result.Warnings.Should().ContainSingle().Which.ToString().Should().Contain("processors.log.host: is taken as it is written");
    }

    private void WriteNode(string password) => _folder.Write(
        $$"""{ "Processors": { "log": { "password": "{{password.Replace("\\", "\\\\")}}" } }, "Jobs": { "nightly": { "command": "x", "schedule": "@daily", "processors": { "log": {} } } } }""");
}
