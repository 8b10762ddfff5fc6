using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Jobs.Reading;

/// <summary>Reads the fields of one job, or of the node when there is no job. A wrong one is a problem and counts as not given, so that all others are still checked.</summary>
internal sealed class FieldReader(ProblemList problems, string? job)
{
    public ProblemList Problems { get; } = problems;

    public string? Job { get; } = job;

    public static bool IsGiven(SettingNode? node) => node is not null and not { Kind: SettingKind.Null };

    public string Text(SettingNode? node, string key)
    {
        if (!IsGiven(node))
        {
            return "";
        }

        if (node?.Kind == SettingKind.Text)
        {
            return node.Text;
        }

        Wrong(node, key, "is not a text; expected a text in quotes");
        return "";
    }

    public bool Boolean(SettingNode? node, string key, bool fallback)
    {
        if (!IsGiven(node) || node is null)
        {
            return fallback;
        }

        if (node.IsScalar && BooleanText.TryParse(node.Text, out var value))
        {
            return value;
        }

        Wrong(node, key, "is not true or false");
        return fallback;
    }

    public int? Integer(SettingNode? node, string key, int maximum)
    {
        if (!IsGiven(node) || node is null)
        {
            return null;
        }

        if (node.Kind is SettingKind.Number or SettingKind.Text && int.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= maximum)
        {
            return value;
        }

        Wrong(node, key, string.Create(CultureInfo.InvariantCulture, $"is not a whole number from 0 to {maximum}"));
        return null;
    }

    public TimeSpan? Duration(SettingNode? node, string key, TimeSpan minimum, TimeSpan maximum)
    {
        if (!IsGiven(node) || node is null || node is { Kind: SettingKind.Text, Text: "" })
        {
            return null;
        }

        if (node.IsScalar && DurationText.TryParse(node.Text, out var value) && value >= minimum && value <= maximum)
        {
            return value;
        }

        Wrong(node, key, $"is not a duration such as 90s, 1m30s or 2h, from {DurationText.Format(minimum)} to {DurationText.Format(maximum)}");
        return null;
    }

    public long? Size(SettingNode? node, string key, long minimum, long maximum, string range)
    {
        if (!IsGiven(node) || node is null)
        {
            return null;
        }

        if (node.IsScalar && SizeText.TryParse(node.Text, out var value) && value >= minimum && value <= maximum)
        {
            return value;
        }

        Wrong(node, key, $"is not a size such as 4096, 64KB or 1MiB, {range}");
        return null;
    }

    public DateTimeOffset? Time(SettingNode? node, string key)
    {
        if (!IsGiven(node) || node is null || node is { Kind: SettingKind.Text, Text: "" })
        {
            return null;
        }

        if (node.Kind == SettingKind.Text && MomentText.TryParse(node.Text, out var value))
        {
            return value;
        }

        Wrong(node, key, "is not a time such as 2026-01-02T15:04:05Z or 2026-01-02T15:04:05+01:00, or 2026-01-02T15:04 for UTC");
        return null;
    }

    /// <summary>Names and texts; scalars of every kind become the text that they were written as, and null takes an entry out.</summary>
    public IReadOnlyDictionary<string, string> Map(SettingNode? node, string key)
    {
        if (!IsGiven(node) || node is null)
        {
            return Empty.Map;
        }

        if (node.Kind != SettingKind.Object)
        {
            Wrong(node, key, "is not an object of names and texts");
            return Empty.Map;
        }

        var map = new Dictionary<string, string>(node.Members.Count, StringComparer.Ordinal);
        foreach (var (name, child) in node.Members)
        {
            if (child.IsScalar)
            {
                map.Add(name, child.Text);
            }
            else if (child.Kind != SettingKind.Null)
            {
                Wrong(child, $"{key}.{name}", "is not a text");
            }
        }

        return map.Count == 0 ? Empty.Map : map.AsReadOnly();
    }

    /// <summary>A problem that shows the value, if there is a single one.</summary>
    public void Wrong(SettingNode? node, string key, string message, IEnumerable<string>? meant = null)
    {
        var value = node is { IsScalar: true } ? node.Text : null;
        if (node is not null)
        {
            Problems.Add(node, Job, key, message, value, value is null || meant is null ? null : Problems.Near.Find(value, meant));
        }
    }

    /// <summary>A problem whose value may be a secret.</summary>
    public void WrongSecret(SettingNode node, string key, string message) => Problems.Add(node, Job, key, message);
}
