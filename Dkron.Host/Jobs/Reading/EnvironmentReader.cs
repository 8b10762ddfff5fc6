using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Jobs.Reading;

/// <summary>Reads a command's environment. Its values may be secrets, so problems name only its keys.</summary>
internal static class EnvironmentReader
{
    public static IReadOnlyDictionary<string, string> Read(SettingNode? node, string key, FieldReader fields)
    {
        if (!FieldReader.IsGiven(node) || node is null)
        {
            return Empty.Map;
        }

        var members = node.Kind switch
        {
            SettingKind.Object => node.Members,
            SettingKind.Text => EnvironmentText.Parse(node, SettingShape.Job.Of("env")),
            _ => null,
        };
        if (members is null)
        {
            fields.WrongSecret(node, key, "is not an object of names and texts, and no text such as NAME=value,OTHER=value with each name once");
            return Empty.Map;
        }

        var environment = new Dictionary<string, string>(members.Count, StringComparer.Ordinal);
        foreach (var (name, child) in members)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0'))
            {
                fields.WrongSecret(child, $"{key}.{name}", "is not a variable's name; it must not be empty or hold = or NUL");
            }
            else if (child.IsScalar && !child.Text.Contains('\0', StringComparison.Ordinal))
            {
                environment.Add(name, child.Text);
            }
            else if (child.Kind != SettingKind.Null)
            {
                fields.WrongSecret(child, $"{key}.{name}", child.IsScalar ? "holds a NUL character" : "is not a text");
            }
        }

        return environment.Count == 0 ? Empty.Map : environment.AsReadOnly();
    }
}
