namespace Dkron.Host.Plugins;

/// <summary>The settings below <c>Dkron:Plugins</c>.</summary>
internal sealed class PluginOptions
{
    /// <summary>Further folders with plugins, as absolute paths; searched after the standard ones, so what they hold wins. Default none.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];
}
