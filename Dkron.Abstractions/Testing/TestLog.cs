using System.Collections.Concurrent;
using Dkron.Abstractions;
using Dkron.Host.Plugins;

namespace Dkron.Testing;

/// <summary>Keeps what a plugin writes to its log. All members may be used from any thread.</summary>
public sealed class TestLog : IPluginLog
{
    private readonly ConcurrentQueue<TestLogEntry> _entries;
    private readonly string? _invocation;

    /// <summary>Makes an empty log.</summary>
    public TestLog() => _entries = new();

    private TestLog(ConcurrentQueue<TestLogEntry> entries, string invocation) => (_entries, _invocation) = (entries, invocation);

    /// <summary>What was written, by all calls, in its order.</summary>
    public IReadOnlyList<TestLogEntry> Entries => [.. _entries];

    /// <inheritdoc/>
    public bool IsEnabled(PluginLogLevel level) => true;

    /// <inheritdoc/>
    public void Write(PluginLogLevel level, string message, Exception? exception = null) =>
        _entries.Enqueue(new TestLogEntry(level, message ?? "", exception is null ? null : PluginFault.From(exception).Details, _invocation));

    /// <summary>The same log, marking what is written with a call.</summary>
    internal TestLog ForCall(string invocation) => new(_entries, invocation);

    internal IReadOnlyList<TestLogEntry> EntriesOf(string invocation) => [.. _entries.Where(entry => entry.InvocationId == invocation)];
}
