namespace Dkron.Host.Plugins;

/// <summary>A plugin cannot be used. The message says why and what to do, as the end of a sentence that begins with its name.</summary>
internal sealed class PluginRefusedException : Exception
{
    public PluginRefusedException(string message)
        : base(message)
    {
    }

    public PluginRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
