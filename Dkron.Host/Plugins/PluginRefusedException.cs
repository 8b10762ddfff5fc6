namespace Dkron.Host.Plugins;

/// <summary>A plugin cannot be used. The message says why and what to do, as the end of a sentence that begins with its name.</summary>
internal sealed class PluginRefusedException : Exception
{
    public PluginRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>Whether the same build may be good another time while the host runs: the reason lies outside of its files.</summary>
    public bool MayPass { get; init; }

    /// <summary>Whether the reason is that the jobs cannot do with it.</summary>
    public bool IsMisfit { get; init; }

    public PluginRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
