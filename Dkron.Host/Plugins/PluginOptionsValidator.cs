using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Plugins;

/// <summary>Checks what the settings say about plugins.</summary>
internal sealed partial class PluginOptionsValidator : IValidateOptions<PluginOptions>
{
    public ValidateOptionsResult Validate(string? name, PluginOptions options)
    {
        List<string> problems =
        [
            .. options.Folders.Where(folder => !Path.IsPathFullyQualified(folder)).Select(folder => $"Dkron:Plugins:Folders: '{folder}' is not an absolute path"),
            .. options.Allow.Where(allowed => !HashesPattern().IsMatch(allowed.Value ?? ""))
                .Select(allowed => $"Dkron:Plugins:Allow:{allowed.Key}: '{allowed.Value}' is not a SHA-256 of 64 hexadecimal digits, as dkron plugins hash DIR prints it"),
            .. options.Limits.Where(limit => limit.Value.MaxConcurrency is < 1 or > PluginLimits.MostConcurrency)
                .Select(limit => $"Dkron:Plugins:Limits:{limit.Key}:MaxConcurrency: {limit.Value.MaxConcurrency} is not a number from 1 to {PluginLimits.MostConcurrency}"),
        ];
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    [GeneratedRegex(@"\A\s*[0-9a-fA-F]{64}([\s,]+[0-9a-fA-F]{64})*\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex HashesPattern();
}
