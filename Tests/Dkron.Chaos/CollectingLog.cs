using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Dkron.Chaos;

/// <summary>Keeps what is logged, as 'Level id text'.</summary>
internal sealed class CollectingLog(ConcurrentQueue<string> lines) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue($"{logLevel} {eventId.Id} {formatter(state, exception)}");
}
