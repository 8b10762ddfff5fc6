using System.Text.RegularExpressions;

namespace Dkron.Plugins.Tests.Log;

/// <summary>Reads blocks as the README of log tells a consumer to: a mark is a line that begins with <c>[dkron] </c>.</summary>
internal static partial class Blocks
{
    public static (List<(string Execution, List<string> Lines)> Blocks, List<string> Outside) Read(string text)
    {
        var (blocks, outside) = (new List<(string, List<string>)>(), new List<string>());
        var (execution, lines) = ((string?)null, new List<string>());
        foreach (var line in text.Split('\n')[..^1])
        {
            var begin = Begin().Match(line);
            var end = End().Match(line);
            if (begin.Success)
            {
                execution.Should().BeNull("a block may not begin within another");
                (execution, lines) = (begin.Groups[1].Value, []);
            }
            else if (end.Success)
            {
                end.Groups[1].Value.Should().Be(execution);
                blocks.Add((execution!, lines));
                execution = null;
            }
            else
            {
                (execution is null ? outside : lines).Add(line.Replace("[dkron]>", "[dkron]", StringComparison.Ordinal));
            }
        }

        execution.Should().BeNull("every block must end");
        return (blocks, outside);
    }

    [GeneratedRegex(@"^\[dkron\] BEGIN job=\S+ execution=(\S+) ")]
    private static partial Regex Begin();

    [GeneratedRegex(@"^\[dkron\] END job=\S+ execution=(\S+) ")]
    private static partial Regex End();
}
