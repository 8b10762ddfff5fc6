using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Dkron.Acceptance.Tests;

/// <summary>The tutorial for plugin authors, done as it is written: in an empty folder, with nothing but the SDK and the local feed.</summary>
public sealed partial class TutorialTests
{
    /// <summary>The page is called 'A processor of your own, in five minutes'.</summary>
    private static readonly TimeSpan Promised = TimeSpan.FromMinutes(5);

    // Longer than what is promised and what is done here beside it, so that a broken promise is told as one.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task Every_command_of_the_tutorial_works_and_the_outcome_is_seen()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Folder, "Dkron.Abstractions", "docs", "tutorial.md"), TestContext.Current.CancellationToken);
        var folder = Agent.NewFolder();
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "tutorial.sh"), Script(page), TestContext.Current.CancellationToken);

            await using var tutorial = Launched.Start("bash", ["tutorial.sh"], folder, Environment(folder));
            var exitCode = await tutorial.ExitAsync(Limit);

            exitCode.Should().Be(0, $"{tutorial.Stdout}\n{tutorial.Stderr}");
            tutorial.Stdout.Should().Contain("good: processor shout 0.1.0, leaves memory when it is replaced")
                .And.Contain("installed shout 0.1.0 in ").And.Contain("the running agent has it: active")
                .And.Contain("marks   integer, 0 to 10  1");
            var shown = await File.ReadAllTextAsync(Path.Combine(folder, "shown.txt"), TestContext.Current.CancellationToken);
            shown.Should().Contain("HELLO FROM A JOB!!").And.Contain("shout");
            Took(await File.ReadAllTextAsync(Path.Combine(folder, "took.txt"), TestContext.Current.CancellationToken))
                .Should().BeLessThan(Promised, "the tutorial promises a processor in five minutes, and that is what its own commands took here, without the reader's time");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// The commands in their order, and in between the files that a sentence tells to write; then what that took. What the
    /// template made is set aside before the page overwrites it, and tested as it comes when the time does not count any more.
    /// </summary>
    private static string Script(string page)
    {
        var script = new StringBuilder("set -eu\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n");
        foreach (Match block in Blocks().Matches(page))
        {
            var (language, text) = (block.Groups["language"].Value, block.Groups["text"].Value);
            if (language == "sh")
            {
                // What the page asks the reader to look at is looked at before the host is stopped.
                // Packages that are packed anew have the version of those that the machine may keep from earlier. The repository itself
                // is restored before that, with its own packages, or its next build would look for packages that are gone.
                script.Append(text.StartsWith("dotnet new", StringComparison.Ordinal) ? "export NUGET_PACKAGES=\"$PWD/packages\"\n" : "");
                script.Append(text.StartsWith("kill", StringComparison.Ordinal) ? "dkron show \"$(dkron executions hello --json | grep -m1 '\"id\"' | cut -d'\"' -f4)\" > ../shown.txt\n" + text : text);
                script.Append(text.StartsWith("dotnet new dkron-processor", StringComparison.Ordinal) ? "cp -r . ../as-it-comes\n" : "");
            }
            else
            {
                var file = FileName().Matches(page[..block.Index])[^1].Groups[1].Value;
                script.Append($"cat > {file} <<'END_OF_BLOCK'\n{text}END_OF_BLOCK\n");
            }
        }

        return script.Append("times > ../took.txt\ncd ../as-it-comes\ndotnet test\n").ToString();
    }

    /// <summary>The processor time of all commands, which is what they take on a machine that does nothing else, however busy this one is.</summary>
    /// <remarks><paramref name="times"/>: what bash's <c>times</c> says: user and system time of the shell, and in the second line of all it ran.</remarks>
    private static TimeSpan Took(string times) => Times().Matches(times.Split('\n')[1])
        .Aggregate(TimeSpan.Zero, (sum, time) => sum + TimeSpan.FromMinutes(int.Parse(time.Groups["minutes"].Value, CultureInfo.InvariantCulture)) + TimeSpan.FromSeconds(double.Parse(time.Groups["seconds"].Value, CultureInfo.InvariantCulture)));

    private static Dictionary<string, string> Environment(string folder) => new()
    {
        ["DKRON"] = Repository.Folder,
        ["PATH"] = $"{Repository.DkronFolder}:{System.Environment.GetEnvironmentVariable("PATH")}",

        // Nothing that is left on the machine by an earlier run, and no process that outlives this one. Packages lie below this home
        // too where nothing else is said, and until the page's own projects are made they are the repository's.
        ["DOTNET_CLI_HOME"] = Path.Combine(folder, "home"),
        ["NUGET_PACKAGES"] = System.Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["UseSharedCompilation"] = "false",
    };

    [GeneratedRegex(@"```(?<language>sh|csharp|json)\n(?<text>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"(?<minutes>\d+)m(?<seconds>[\d.]+)s", RegexOptions.ExplicitCapture)]
    private static partial Regex Times();

    [GeneratedRegex(@"`([\w./-]+\.(?:cs|json))`")]
    private static partial Regex FileName();
}
