using System.Globalization;
using System.Text.RegularExpressions;

namespace Dkron.Host.Tests.Runs;

/// <summary>The table of cases of Scheduling/README.md: jobs, what happens, and what is recorded.</summary>
internal static partial class CaseTable
{
    public static IEnumerable<(string Jobs, string Happens, string Recorded)> Rows()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Dkron.sln")))
        {
            folder = folder.Parent;
        }

        return File.ReadLines(Path.Combine(folder.FullName, "Dkron.Host", "Scheduling", "README.md"))
            .SkipWhile(line => !line.StartsWith("| jobs | what happens |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (cells[0].Trim('`'), cells[1], cells[2]));
    }

    /// <summary>The settings of a job such as <c>b after a forbid retries 1 ends fail,ok</c>.</summary>
    public static (string Name, Dictionary<string, object> Settings) Job(string text, string folder)
    {
        var words = new Queue<string>(text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var name = words.Dequeue();
        var settings = new Dictionary<string, object> { ["schedule"] = "@manually", ["shell"] = true, ["retry_backoff"] = "10ms", ["command"] = Script(name, ["ok"], folder) };
        while (words.TryDequeue(out var word))
        {
            switch (word)
            {
                case "after":
                    settings.Remove("schedule");
                    settings["parent_job"] = words.Dequeue();
                    break;
                case "retries":
                    settings["retries"] = int.Parse(words.Dequeue(), CultureInfo.InvariantCulture);
                    break;
                case "backoff":
                    settings["retry_backoff"] = words.Dequeue();
                    break;
                case "forbid" or "replace":
                    settings["concurrency"] = word;
                    break;
                case "ephemeral" or "disabled":
                    settings[word] = true;
                    break;
                case "expired":
                    settings["expires_at"] = "2020-01-01T00:00:00Z";
                    break;
                case "ends":
                    settings["command"] = Script(name, words.Dequeue().Split(','), folder);
                    break;
                default:
                    throw new InvalidOperationException($"The table says '{word}' of a job, which nobody knows.");
            }
        }

        return (name, settings);
    }

    /// <summary>Whether an execution has come to its <c>hang</c>.</summary>
    public static bool IsHanging(string folder, string executionId) => File.Exists(Path.Combine(folder, $"hangs-{executionId}"));

    [GeneratedRegex(@"\A(?<job>[a-z])\.(?<attempt>\d) (?<status>[a-z]+)( \((?<why>[^)]+)\))?\z", RegexOptions.ExplicitCapture)]
    public static partial Regex Record();

    /// <summary>Ends one way after the other, the last way from then on.</summary>
    private static string Script(string name, IReadOnlyList<string> ends, string folder)
    {
        var count = Path.Combine(folder, $"count-{name}");
        var ways = ends.Select((end, i) => $"{(i == ends.Count - 1 ? "*" : i + 1)}) {Way(end, folder)} ;;");
        return $"n=$(cat {count} 2>/dev/null); n=$((n+1)); echo $n > {count}; case $n in {string.Join(' ', ways)} esac";
    }

    private static string Way(string end, string folder) => end switch
    {
        "ok" => "exit 0",
        "fail" => "exit 1",
        "hang" => $"touch {folder}/hangs-$DKRON_EXECUTION_ID; exec sleep 600",
        _ => throw new InvalidOperationException($"The table says a job ends '{end}', which nobody knows."),
    };
}
