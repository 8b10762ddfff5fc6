namespace Dkron.Abstractions;

/// <summary>How much a log entry matters to an operator.</summary>
public enum PluginLogLevel
{
    /// <summary>For the plugin's author; off by default.</summary>
    Debug,

    /// <summary>An operator's diary: started, connected, rotated.</summary>
    Information,

    /// <summary>Something went wrong and the plugin coped.</summary>
    Warning,

    /// <summary>Someone must act.</summary>
    Error,
}
