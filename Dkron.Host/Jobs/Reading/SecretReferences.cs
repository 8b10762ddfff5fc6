using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Plugins;

namespace Dkron.Host.Jobs.Reading;

/// <summary>
/// Puts what an environment variable or a file holds in the place of <c>${env:NAME}</c> and <c>${file:PATH}</c> in options that are
/// secret, so that no secret stands in settings. Read at each check of the settings; what was read is shown nowhere.
/// </summary>
internal static partial class SecretReferences
{
    // Nothing that is a password, a token or an address is longer; a mistaken path may be.
    private const int MaxFileBytes = 64 * 1024;

    /// <summary>Replaces the references in a text.</summary>
    /// <param name="setting">The option. Its value is never shown, nor is what a reference leads to.</param>
    /// <param name="text">The option's value.</param>
    /// <param name="resolved">The text with its references replaced.</param>
    /// <param name="problem">Why they cannot be.</param>
    public static bool TryResolve(StepSetting setting, string text, [NotNullWhen(true)] out string? resolved, [NotNullWhen(false)] out string? problem)
    {
        (resolved, problem) = (null, null);
        if (setting.Fields.Job is not null && !WholeReference().IsMatch(text))
        {
            problem = "is a secret, and a job is no place for one; write it in the node's section Processors, or here as ${env:NAME} or ${file:PATH}";
            return false;
        }

        string? wrongReference = null;
        var result = Reference().Replace(text, reference =>
        {
            var (value, wrong) = reference.Groups["kind"].Value == "env" ? OfVariable(reference.Groups["name"].Value) : OfFile(reference.Groups["name"].Value);
            wrongReference ??= wrong;
            return value;
        });
        if (wrongReference is not null)
        {
            problem = wrongReference;
            return false;
        }

        resolved = result;
        return true;
    }

    public static bool IsReference(string text) => WholeReference().IsMatch(text);

    private static (string Value, string? Problem) OfVariable(string name) => Environment.GetEnvironmentVariable(name) switch
    {
        null => ("", $"refers to the environment variable {DisplayText.Of(name)}, which is not set; set it for the agent"),
        { Length: 0 } => ("", $"refers to the environment variable {DisplayText.Of(name)}, which is empty"),
        var value => (value, null),
    };

    private static (string Value, string? Problem) OfFile(string path)
    {
        var file = $"refers to the file {DisplayText.Of(path)}, which";
        if (!Path.IsPathFullyQualified(path))
        {
            return ("", $"{file} is no absolute path");
        }

        try
        {
            // Looked at before it is opened: opening a pipe would wait for its writer.
            if (FileIdentity.Of(path) is { IsRegular: false })
            {
                return ("", $"{file} is not a regular file");
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[MaxFileBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var text = Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\r', '\n');
            return length > MaxFileBytes ? ("", $"{file} is longer than 64 KiB") : text.Length == 0 ? ("", $"{file} is empty") : (text, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return ("", $"{file} {(e is FileNotFoundException or DirectoryNotFoundException ? "is not there" : "cannot be read by the agent's user")}");
        }
    }

    [GeneratedRegex(@"\$\{(?<kind>env|file):(?<name>[^{}]+)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();

    [GeneratedRegex(@"\A\s*\$\{(env|file):[^{}]+\}\s*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex WholeReference();
}
