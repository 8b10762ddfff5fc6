using Dkron.Abstractions;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Plugins;

/// <summary>What a plugin writes to the host's log, marked with who writes and, within a call, for which execution.</summary>
internal sealed partial class PluginLog : IPluginLog
{
    private const int MaxMessageLength = 64 * 1024;

    private readonly ILogger _logger;
    private readonly string _plugin;
    private readonly string _version;
    private readonly int _generation;
    private readonly string? _job;
    private readonly string? _execution;

    public PluginLog(ILogger logger, string plugin, string version, int generation)
    {
        _logger = logger;
        _plugin = plugin;
        _version = version;
        _generation = generation;
    }

    private PluginLog(PluginLog source, string job, string execution)
        : this(source._logger, source._plugin, source._version, source._generation)
    {
        _job = job;
        _execution = execution;
    }

    /// <summary>The log of one call.</summary>
    public PluginLog ForCall(string job, string execution) => new(this, job, execution);

#pragma warning disable CA1031 // Logging never breaks a plugin's work, whatever a sink throws.
    public bool IsEnabled(PluginLogLevel level)
    {
        try
        {
            return _logger.IsEnabled(LevelOf(level));
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Write(PluginLogLevel level, string message, Exception? exception = null)
    {
        try
        {
            if (_logger.IsEnabled(LevelOf(level)))
            {
                var text = LogText.OneLine(message ?? "");
                Write(LevelOf(level), exception is null ? text : $"{text}: {LogText.OneLine(PluginFault.From(exception).Details)}");
            }
        }
        catch (Exception)
        {
            // The log is what failed.
        }
    }
#pragma warning restore CA1031

    private static LogLevel LevelOf(PluginLogLevel level) => level switch
    {
        PluginLogLevel.Debug => LogLevel.Debug,
        PluginLogLevel.Information => LogLevel.Information,
        PluginLogLevel.Warning => LogLevel.Warning,
        _ => LogLevel.Error,
    };

    private void Write(LogLevel level, string text)
    {
        var message = text.Length <= MaxMessageLength ? text : string.Concat(text.AsSpan(0, MaxMessageLength), "…");
        if (_job is null)
        {
            LogEntry(_logger, level, _plugin, _version, _generation, message);
        }
        else
        {
            LogCallEntry(_logger, level, _plugin, _version, _generation, _job, _execution, message);
        }
    }

    [LoggerMessage(EventId = 6900, Message = "{Plugin} {PluginVersion} #{Generation}: {Text}")]
    private static partial void LogEntry(ILogger logger, LogLevel level, string plugin, string pluginVersion, int generation, string text);

    [LoggerMessage(EventId = 6901, Message = "{Plugin} {PluginVersion} #{Generation} for {Job} {Execution}: {Text}")]
    private static partial void LogCallEntry(ILogger logger, LogLevel level, string plugin, string pluginVersion, int generation, string job, string? execution, string text);
}
