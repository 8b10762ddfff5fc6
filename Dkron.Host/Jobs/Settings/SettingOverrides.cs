using System.Collections;
using Dkron.Host.Jobs.Problems;
using Microsoft.Extensions.Configuration;

namespace Dkron.Host.Jobs.Settings;

/// <summary>Reads the values that environment and command line lay over the files.</summary>
internal static class SettingOverrides
{
    private const string Prefix = "DKRON_";
    private const int MaxDepth = 32;

    /// <summary>The four sections that are read.</summary>
    public static IReadOnlyList<string> Roots { get; } = ["Dkron", "Jobs", "Processors", "Serilog"];

    /// <summary>Variables such as <c>Jobs__nightly__schedule</c>; of two for one value the one with the prefix <c>DKRON_</c> wins.</summary>
    public static IEnumerable<SettingOverride> FromEnvironment(IDictionary variables, string workingFolder, ProblemList problems)
    {
        var found = new List<(bool Prefixed, string Key, SettingOverride Change)>();
        foreach (DictionaryEntry variable in variables)
        {
            var name = variable.Key as string ?? "";
            // Dkron__NodeName has no prefix, though it begins like one.
            var prefixed = name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !name.AsSpan(Prefix.Length).StartsWith("_");
            var path = (prefixed ? name[Prefix.Length..] : name).Split("__");
            if (path.Length < 2 || !IsRoot(path[0]))
            {
                continue;
            }

            var origin = new SettingOrigin($"environment variable {name}", workingFolder);
            if (IsUsable(path, origin, problems))
            {
                found.Add((prefixed, string.Join(ConfigurationPath.KeyDelimiter, path), new SettingOverride(path, variable.Value as string ?? "", origin)));
            }
        }

        // The environment has no order of its own; this one counts 2 before 10.
        return found.OrderBy(one => one.Prefixed).ThenBy(one => one.Key, ConfigurationKeyComparer.Instance).ThenBy(one => one.Key, StringComparer.Ordinal).Select(one => one.Change);
    }

    /// <summary>Arguments such as <c>--Jobs:nightly:schedule=@daily</c>, with or without the dashes.</summary>
    public static IEnumerable<SettingOverride> FromArguments(IReadOnlyList<string> arguments, string workingFolder, ProblemList problems)
    {
        foreach (var argument in arguments)
        {
            var text = argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..] : argument;
            var at = text.IndexOf('=', StringComparison.Ordinal);
            var path = (at < 0 ? text : text[..at]).Split(':');
            var origin = new SettingOrigin($"argument --{(at < 0 ? text : text[..at])}", workingFolder);
            if (at < 0 || path.Length < 2)
            {
                problems.Add(new Problem { Source = origin.Name, Message = "is not a setting; expected --Section:key=value, such as --Jobs:nightly:schedule=@daily" });
            }
            else if (!IsRoot(path[0]))
            {
                problems.Add(new Problem { Source = origin.Name, Message = $"begins with none of {string.Join(", ", Roots)}", Suggestion = problems.Near.Find(path[0], Roots) });
            }
            else if (IsUsable(path, origin, problems))
            {
                yield return new SettingOverride(path, text[(at + 1)..], origin);
            }
        }
    }

    private static bool IsRoot(string key) => Roots.Contains(key, StringComparer.OrdinalIgnoreCase);

    private static bool IsUsable(string[] path, SettingOrigin origin, ProblemList problems)
    {
        var wrong = path.Contains("") ? "has an empty part between its separators" : path.Length > MaxDepth ? "has too many parts" : null;
        if (wrong is not null)
        {
            problems.Add(new Problem { Source = origin.Name, Message = wrong });
        }

        return wrong is null;
    }
}
