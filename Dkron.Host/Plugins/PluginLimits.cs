using System.ComponentModel.DataAnnotations;

namespace Dkron.Host.Plugins;

/// <summary>The settings below <c>Dkron:Plugins:Limits:NAME</c>.</summary>
internal sealed class PluginLimits
{
    public const int DefaultConcurrency = 64;

    /// <summary>How many calls of one plugin may run at a time; further ones wait. 1 to 4096; default 64.</summary>
    [Range(1, 4096)]
    public int MaxConcurrency { get; init; } = DefaultConcurrency;
}
