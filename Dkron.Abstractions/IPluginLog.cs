namespace Dkron.Abstractions;

/// <summary>Writes to the host's log, with the plugin's name, version and generation attached. Offered to the constructor and to each call.</summary>
/// <remarks>All members may be called from any thread at any time, also after the call ended. None throws.</remarks>
public interface IPluginLog
{
    /// <summary>Whether an entry of this level would be written at all.</summary>
    /// <param name="level">The level.</param>
    /// <returns>False when the host's settings leave this level out.</returns>
    bool IsEnabled(PluginLogLevel level);

    /// <summary>Writes one entry.</summary>
    /// <param name="level">How much it matters.</param>
    /// <param name="message">The text as it shall stand there; braces have no meaning.</param>
    /// <param name="exception">What was caught, if anything. Turned into text at once, so it is not held.</param>
    void Write(PluginLogLevel level, string message, Exception? exception = null);
}
