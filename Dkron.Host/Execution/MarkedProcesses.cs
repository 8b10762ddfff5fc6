using System.Globalization;
using System.Text;
using Dkron.Host.Execution.Native;

namespace Dkron.Host.Execution;

/// <summary>Finds the processes of executions by the mark that each carries in its environment: who it is was not on disk when the host was killed.</summary>
/// <remarks>Source: proc_pid_environ(5). It is the environment that the process was started with, and only its owner may read it.</remarks>
internal static class MarkedProcesses
{
    /// <summary>The variable that names the execution.</summary>
    public const string Mark = "DKRON_EXECUTION_ID";

    private static readonly byte[] Prefix = Encoding.ASCII.GetBytes(Mark + "=");

    /// <summary>The sessions of executions that live, the oldest first, by the execution's id.</summary>
    public static ILookup<string, ProcessIdentity> Find()
    {
        var found = new List<(string Execution, ProcessStat Stat)>();
        if (Directory.Exists("/proc/self"))
        {
            foreach (var folder in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                    && ProcessStat.Read(id) is { IsAlive: true } stat && stat.Session == id && ReadMark(folder) is { } execution)
                {
                    found.Add((execution, stat));
                }
            }
        }

        return found.OrderBy(one => one.Stat.StartTicks).ToLookup(one => one.Execution, one => ProcessGroups.Identify(one.Stat.ProcessId), StringComparer.Ordinal);
    }

    private static string? ReadMark(string folder)
    {
        try
        {
            var environment = File.ReadAllBytes(Path.Combine(folder, "environ")).AsSpan();
            foreach (var range in environment.Split((byte)0))
            {
                if (environment[range].StartsWith(Prefix))
                {
                    return Encoding.UTF8.GetString(environment[range][Prefix.Length..]);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's, or gone by now.
        }

        return null;
    }
}
