using Dkron.Abstractions;

namespace Dkron.Processors.Logging;

/// <summary>The log of a call that no host made.</summary>
internal sealed class NoLog : IPluginLog
{
    public bool IsEnabled(PluginLogLevel level) => false;

    public void Write(PluginLogLevel level, string message, Exception? exception = null)
    {
    }
}
