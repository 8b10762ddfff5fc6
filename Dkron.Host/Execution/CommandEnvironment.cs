using System.Collections;

namespace Dkron.Host.Execution;

/// <summary>The environment of commands: the host's, without what is meant for the host alone, and what a job and a run add.</summary>
internal sealed class CommandEnvironment
{
    /// <summary>By these a service manager talks to one process: a command that answered would speak for the host.</summary>
    /// <remarks>Source: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3).</remarks>
    private static readonly HashSet<string> ForTheHostAlone =
    [
        "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES",
    ];

    private readonly List<(string Name, string Entry)> _host = [];
    private readonly string? _hostPath;

    public CommandEnvironment()
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable is { Key: string name, Value: string value } && !ForTheHostAlone.Contains(name))
            {
                _host.Add((name, Entry(name, value)));
                _hostPath = name == "PATH" ? value : _hostPath;
            }
        }
    }

    /// <summary>All variables of a run as NAME=value, and the PATH among them.</summary>
    public (IReadOnlyList<string> Entries, string? Path) For(Command command, CommandRun run)
    {
        var added = new Dictionary<string, string>(command.Environment, StringComparer.Ordinal);
        foreach (var (name, value) in run.Environment)
        {
            added[name] = value;
        }

        var entries = new List<string>(_host.Count + added.Count);
        foreach (var (name, entry) in _host)
        {
            if (!added.ContainsKey(name))
            {
                entries.Add(entry);
            }
        }

        foreach (var (name, value) in added)
        {
            entries.Add(Entry(name, value));
        }

        return (entries, added.GetValueOrDefault("PATH") ?? _hostPath);
    }

    private static string Entry(string name, string value) => $"{name}={value}";
}
