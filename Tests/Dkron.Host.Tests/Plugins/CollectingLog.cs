using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Tests.Plugins;

/// <summary>A log that collects.</summary>
internal sealed class CollectingLog : ILoggerFactory, ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Message, IReadOnlyDictionary<string, object?> Properties)> Entries { get; } = new();

    public IEnumerable<string> Errors => Entries.Where(entry => entry.Level == LogLevel.Error).Select(entry => entry.Message);

    public LogLevel Minimum { get; set; } = LogLevel.Debug;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= Minimum;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue((logLevel, formatter(state, exception), (state as IReadOnlyList<KeyValuePair<string, object?>> ?? []).ToDictionary(pair => pair.Key, pair => pair.Value)));
}
