using Microsoft.Extensions.Options;

namespace Dkron.Host.Plugins;

/// <summary>Checks what the settings say about plugins.</summary>
internal sealed class PluginOptionsValidator : IValidateOptions<PluginOptions>
{
    public ValidateOptionsResult Validate(string? name, PluginOptions options)
    {
        var relative = options.Folders.Where(folder => !Path.IsPathFullyQualified(folder)).ToList();
        return relative.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(relative.Select(folder => $"Dkron:Plugins:Folders: '{folder}' is not an absolute path"));
    }
}
