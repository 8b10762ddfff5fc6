namespace Dkron.Host.Plugins;

/// <summary>The settings below <c>Dkron:Plugins:Limits:NAME</c>.</summary>
internal sealed class PluginLimits
{
    public const int DefaultConcurrency = 64;

    public const int MostConcurrency = 4096;

    /// <summary>How many calls of one plugin may run at a time; further ones wait. 1 to 4096; default 64.</summary>
    public int MaxConcurrency { get; init; } = DefaultConcurrency;
}
