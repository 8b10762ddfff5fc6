using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Dkron.Host.Plugins;

/// <summary>What a plugin's folder and main assembly are called: <c>dkron-TYPE-NAME</c>.</summary>
/// <param name="Type">The kind of plugin, such as <c>processor</c>.</param>
/// <param name="Name">The text after the second dash: the name that jobs use.</param>
internal sealed partial record PluginName(string Type, string Name)
{
    public const int MaxLength = 64;
    private const string Prefix = "dkron-";

    /// <summary>The simple name of the main assembly.</summary>
    public string AssemblyName => $"{Prefix}{Type}-{Name}";

    /// <summary>The main assembly's file name.</summary>
    public string FileName => AssemblyName + ".dll";

    /// <summary>Reads a folder's name, or a dll's without its extension.</summary>
    /// <param name="text">The name.</param>
    /// <param name="name">The name's parts.</param>
    /// <param name="error">Why it is meant for a plugin but cannot be one; null when it is not meant for one at all.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PluginName? name, out string? error)
    {
        name = null;
        error = null;
        var parts = text.Split('-', 3);
        if (parts is not ["dkron", var type, var rest] || !TypePattern().IsMatch(type))
        {
            return false;
        }

        if (!NamePattern().IsMatch(rest))
        {
            error = $"'{rest}' is no name for a plugin: it begins with a lower-case letter or a digit, and goes on with those, _ and -";
            return false;
        }

        if (rest.Length > MaxLength)
        {
            error = $"'{rest}' is no name for a plugin: it is longer than {MaxLength} characters";
            return false;
        }

        name = new PluginName(type, rest);
        return true;
    }

    public override string ToString() => AssemblyName;

    [GeneratedRegex(@"\A[a-z]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9_-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
