using System.Collections;

namespace Dkron.Host.Execution;

/// <summary>The environment of a command: the host's, without what is meant for the host alone, and what its job adds.</summary>
internal sealed class CommandEnvironment
{
    /// <summary>By these a service manager talks to one process: a command that answered would speak for the host.</summary>
    /// <remarks>Source: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3).</remarks>
    private static readonly HashSet<string> ForTheHostAlone =
    [
        "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES",
    ];

    private readonly Dictionary<string, string> _host = new(StringComparer.Ordinal);

    public CommandEnvironment()
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable is { Key: string name, Value: string value } && !ForTheHostAlone.Contains(name))
            {
                _host[name] = value;
            }
        }
    }

    public Dictionary<string, string> For(Command command, CommandRun run)
    {
        var variables = new Dictionary<string, string>(_host, StringComparer.Ordinal);
        foreach (var (name, value) in command.Environment)
        {
            variables[name] = value;
        }

        foreach (var (name, value) in run.Environment)
        {
            variables[name] = value;
        }

        return variables;
    }
}
