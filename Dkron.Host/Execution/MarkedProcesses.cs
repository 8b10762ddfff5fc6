using System.Globalization;
using System.Text;
using Dkron.Host.Execution.Native;

namespace Dkron.Host.Execution;

/// <summary>Finds the processes of executions by the mark that each carries in its environment: who it is was not on disk when the host was killed.</summary>
/// <remarks>Source: proc_pid_environ(5). It is the environment that the process was started with, and only its owner may read it.</remarks>
internal sealed class MarkedProcesses
{
    /// <summary>The variable that names the execution.</summary>
    public const string Mark = "DKRON_EXECUTION_ID";

    private static readonly byte[] Prefix = Encoding.ASCII.GetBytes(Mark + "=");

    private readonly ILookup<string, ProcessStat> _byExecution;
    private readonly ILookup<int, ProcessStat> _bySession;

    private MarkedProcesses(IReadOnlyCollection<ProcessStat> all)
    {
        _bySession = all.ToLookup(stat => stat.Session);
        _byExecution = all.OrderBy(stat => stat.StartTicks).ToLookup(stat => ReadMark(stat.ProcessId) ?? "", StringComparer.Ordinal);
    }

    /// <summary>Looks at all that live now.</summary>
    public static MarkedProcesses Find() => new([.. ProcessStat.AllAlive()]);

    /// <summary>Those that live now in a session and bear an execution's mark.</summary>
    public static IEnumerable<ProcessStat> FindIn(int session, string execution) => new ProcessSession(session).LiveMembers().Where(member => ReadMark(member.ProcessId) == execution);

    /// <summary>Those that bear an execution's mark, the oldest first.</summary>
    public IEnumerable<ProcessStat> Of(string execution) => _byExecution[execution];

    /// <summary>Those of a session, whatever they bear.</summary>
    public IEnumerable<ProcessStat> In(int session) => _bySession[session];

    private static string? ReadMark(int processId)
    {
        if (processId == Environment.ProcessId)
        {
            return null;   // An agent that was started anew by a job of its own is not what that job has left.
        }

        try
        {
            var environment = File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/environ")).AsSpan();
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
