using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Authoring;

/// <summary>Collects what is logged while a plugin is checked: what the host warns of, and what the plugin itself writes.</summary>
internal sealed class PluginRemarks : ILoggerFactory
{
    // Event ids of Plugins: what operators are warned of besides a plugin's status, and the two that carry a plugin's own entries.
    private const int Permissions = 6040;
    private const int OwnEntry = 6900;
    private const int OwnCallEntry = 6901;

    private readonly ConcurrentQueue<(int Event, string Text)> _entries = new();

    /// <summary>What an operator would be warned of.</summary>
    public IReadOnlyList<string> Warnings => [.. _entries.Where(entry => entry.Event == Permissions).Select(entry => entry.Text)];

    /// <summary>What the plugin wrote.</summary>
    public IReadOnlyList<string> Own => [.. _entries.Where(entry => entry.Event is OwnEntry or OwnCallEntry).Select(entry => entry.Text)];

    public ILogger CreateLogger(string categoryName) => new Collector(_entries);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("the remarks of a check go nowhere else");

    public void Dispose()
    {
    }

    private sealed class Collector(ConcurrentQueue<(int Event, string Text)> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                entries.Enqueue((eventId.Id, formatter(state, exception)));
            }
        }
    }
}
