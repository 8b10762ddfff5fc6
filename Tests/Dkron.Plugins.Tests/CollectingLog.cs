using System.Collections.Concurrent;
using Dkron.Abstractions;

namespace Dkron.Plugins.Tests;

internal sealed class CollectingLog : IPluginLog
{
    public ConcurrentQueue<(PluginLogLevel Level, string Message)> Entries { get; } = [];

    public bool IsEnabled(PluginLogLevel level) => true;

    public void Write(PluginLogLevel level, string message, Exception? exception = null) => Entries.Enqueue((level, message));
}
