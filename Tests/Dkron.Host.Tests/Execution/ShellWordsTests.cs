using System.Text;
using Dkron.Host.Execution;

namespace Dkron.Host.Tests.Execution;

public sealed class ShellWordsTests : IAsyncDisposable
{
    private readonly CommandBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("  \t\n ", new string[0])]
    [InlineData("/bin/true", new[] { "/bin/true" })]
    [InlineData("  a  b\tc ", new[] { "a", "b", "c" })]
    [InlineData("echo 'a  b' \"c 'd'\" e\\ f", new[] { "echo", "a  b", "c 'd'", "e f" })]
    [InlineData("a'b'\"c\"d", new[] { "abcd" })]
    [InlineData("'' \"\"", new[] { "", "" })]
    [InlineData("\"\\$x \\`y \\\" \\\\ \\n \\'\"", new[] { "$x `y \" \\ \\n \\'" })]
    [InlineData("'\\' a", new[] { "\\", "a" })]
    [InlineData("a\\\nb \"c\\\nd\"", new[] { "ab", "cd" })]
    [InlineData("echo a # b | c; $d > e *", new[] { "echo", "a", "#", "b", "|", "c;", "$d", ">", "e", "*" })]
    public void Words_are_split_and_nothing_is_expanded(string text, string[] expected)
    {
        var right = ShellWords.TryParse(text, out var words, out var error);

        right.Should().BeTrue();
        error.Should().BeNull();
        words.Should().Equal(expected);
    }

    [Theory]
    [InlineData("echo 'a b", "the single quote at character 6 is never closed")]
    [InlineData("echo \"a\\\"", "the double quote at character 6 is never closed")]
    [InlineData("echo \\", "the backslash at the end of the line, at character 6, escapes nothing")]
    public void An_open_end_is_refused_with_its_place(string text, string expected)
    {
        var right = ShellWords.TryParse(text, out var words, out var error);

        right.Should().BeFalse();
        words.Should().BeEmpty();
        error.Should().Be(expected);
    }

    [Fact]
    public async Task Words_are_those_that_sh_makes()
    {
        // What sh would expand stands behind a backslash, where it is text in and out of quotes.
        string[] parts = ["a", "B9", " ", "  ", "\t", "'", "\"", "\\\\", "\\'", "\\\"", "\\ ", "\\$", "\\`", "\\#", "x\\\ny", "'\\ \"'", "\"\\$ \\` \\a 'q'\"", "ä", "-n", "=", ",", "''", "\"\""];
        var random = new Random(20260101);
        var texts = Enumerable.Range(0, 600)
            .Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => parts[random.Next(parts.Length)])))
            .Where(text => ShellWords.TryParse(text, out var _, out var _))
            .ToList();
        var script = string.Concat(texts.Select(text => $"set -- {text}\n[ $# = 0 ] || printf '%s\\0' \"$@\"; printf '\\001\\0'\n"));

        var result = await _bench.RunAsync(CommandBench.Program("/bin/sh") with { Payload = Encoding.UTF8.GetBytes(script) });

        var bySh = result.Output.ToString().Split("\u0001\0")[..^1].Select(words => words.Split('\0')[..^1]).ToList();
        texts.Should().HaveCountGreaterThan(200);
        bySh.Should().HaveSameCount(texts);
        for (var i = 0; i < texts.Count; i++)
        {
            ShellWords.TryParse(texts[i], out var words, out _).Should().BeTrue();
            words.Should().Equal(bySh[i], "of '{0}'", texts[i]);
        }
    }

    [Fact]
    public async Task What_sh_calls_unbalanced_is_refused()
    {
        string[] parts = ["a", " ", "'", "\"", "\\\\", "\\'", "\\\"", "'b'"];
        var random = new Random(7);
        var texts = Enumerable.Range(0, 40)
            .Select(_ => string.Concat(Enumerable.Range(0, 6).Select(_ => parts[random.Next(parts.Length)])))
            .ToList();

        var bySh = await Task.WhenAll(texts.Select(text => _bench.RunAsync($"set -- {text}\nexit 0")));

        texts.Select(text => ShellWords.TryParse(text, out _, out _)).Should().Equal(bySh.Select(r => r.ExitCode == 0));
    }
}
