using System.Text;
using System.Text.Json;

namespace Dkron.Plugins.Tests.Log;

public sealed class LogAcrossGenerationsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Report => _folder.At("report");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Blocks_of_concurrent_calls_of_two_generations_never_interleave_nor_with_the_hosts_own_log()
    {
        const int Count = 300;

        var (exitCode, output, errors) = await LoggingHostProcess.RunAsync(Count, lines: 200, "block", Report);

        exitCode.Should().Be(0);
        var (succeeded, nothing) = Blocks.Read(Encoding.UTF8.GetString(output));
        var (failed, hostLines) = Blocks.Read(Encoding.UTF8.GetString(errors));
        nothing.Should().BeEmpty();
        hostLines.Should().HaveCount(Count).And.OnlyContain(line => line == LoggingHost.HostLine);
        succeeded.Concat(failed).Select(b => b.Execution).Should().BeEquivalentTo(Enumerable.Range(0, Count).Select(i => Some.Id(i)));
        foreach (var (execution, lines) in succeeded.Concat(failed))
        {
            var i = Enumerable.Range(0, Count).Single(n => Some.Id(n) == execution);
            lines.Should().Equal(Enumerable.Range(0, 200).Select(line => $"execution {i} line {line} {new string('x', i % 90)}"));
        }
    }

    [Fact]
    public async Task Json_lines_of_concurrent_calls_are_each_whole()
    {
        var (exitCode, output, _) = await LoggingHostProcess.RunAsync(300, lines: 500, "json", Report);

        exitCode.Should().Be(0);
        var lines = Encoding.UTF8.GetString(output).Split('\n')[..^1];
        lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()).Should().OnlyHaveUniqueItems().And.HaveCount(200);
    }

    [Theory]
    [InlineData("> /dev/full", "Cannot write to stdout (No space left on device)")]
    [InlineData("| true", "stdout is closed (Broken pipe)")]
    public async Task A_stdout_that_takes_nothing_is_an_outcome_in_words(string redirect, string expected)
    {
        // With a pipe the shell has to stay, so its status is that of the last command.
        var command = redirect == "| true" ? "| { sleep 0; exec <&-; while [ ! -s " + Report + " ]; do sleep 0.05; done; }" : redirect;

        await LoggingHostProcess.RunAsync(2, lines: 2, "block", Report, command);

        (await File.ReadAllTextAsync(Report)).Should().Contain(expected);
    }

    [Fact]
    public async Task Blocks_are_appended_to_a_file_that_stdout_was_redirected_to()
    {
        var file = _folder.At("stdout");
        await File.WriteAllTextAsync(file, "before\n");

        var (exitCode, _, _) = await LoggingHostProcess.RunAsync(20, lines: 3, "block", Report, $">> {file}");

        exitCode.Should().Be(0);
        var (blocks, outside) = Blocks.Read(await File.ReadAllTextAsync(file));
        outside.Should().Equal("before");
        blocks.Should().HaveCount(13);
    }
}
