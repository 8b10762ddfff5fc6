using System.Globalization;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Jobs.Reading;

/// <summary>Checks what jobs say of each other: a parent must exist, and nobody may be its own ancestor.</summary>
internal sealed class ParentCheck(SettingObject jobs, ProblemList problems)
{
    private const int MaxShown = 10;
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);

    public void Check()
    {
        foreach (var (name, _) in jobs)
        {
            Follow(name);
        }
    }

    private void Follow(string name)
    {
        var path = new List<string>();
        var onPath = new Dictionary<string, int>(StringComparer.Ordinal);
        while (_done.Add(name) && ParentOf(name) is { } node && node.Text != name)
        {
            onPath.Add(name, path.Count);
            path.Add(name);
            if (jobs[node.Text] is null)
            {
                problems.Add(node, name, "parent_job", "is not the name of a job", node.Text, problems.Near.Find(node.Text, jobs.Select(job => job.Key)));
                return;
            }

            if (onPath.TryGetValue(node.Text, out var start))
            {
                problems.Add(node, name, "parent_job", $"makes a circle, in which no job would ever run: {Circle(path[start..])}", node.Text);
                return;
            }

            name = node.Text;
        }
    }

    private SettingNode? ParentOf(string name) =>
        jobs[name] is { Kind: SettingKind.Object } job && job.Members["parent_job"] is { Kind: SettingKind.Text, Text.Length: > 0 } parent ? parent : null;

    private static string Circle(List<string> names)
    {
        var shown = names.Take(MaxShown).Select(DisplayText.Of).ToList();
        if (names.Count > MaxShown)
        {
            shown.Add(string.Create(CultureInfo.InvariantCulture, $"({names.Count - MaxShown} more)"));
        }

        return string.Join(" -> ", [.. shown, DisplayText.Of(names[0])]);
    }
}
