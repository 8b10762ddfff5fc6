namespace Dkron.Host.Execution.Native;

/// <summary>A command and everything that it started, but for what made a session of its own.</summary>
/// <remarks>
/// Only to be used while the id is known to be the session's: while its leader lives or has not been reaped. A shell with job
/// control gives every pipeline its own group, so the session is what counts; members outside the leader's group are signalled
/// by a handle that cannot come to mean another process.
/// </remarks>
internal readonly record struct ProcessSession(int Id)
{
    public bool IsAnyAlive() => LiveMembers().Any();

    public void Signal(int signal)
    {
        _ = LibC.Kill(-Id, signal);
        foreach (var member in LiveMembers())
        {
            if (member.Group != Id)
            {
                SignalOne(member, signal);
            }
        }
    }

    /// <summary>Signals a process that was seen before, if it is still that one.</summary>
    public static void SignalOne(ProcessStat seen, int signal)
    {
        var pidfd = LibC.OpenPidfd(seen.ProcessId);
        if (pidfd < 0)
        {
            return;
        }

        if (ProcessStat.Read(seen.ProcessId) is { } now && now.StartTicks == seen.StartTicks && now.Session == seen.Session)
        {
            _ = LibC.SendSignalByPidfd(pidfd, signal);
        }

        _ = LibC.Close(pidfd);
    }

    public IEnumerable<ProcessStat> LiveMembers()
    {
        var id = Id;
        return ProcessStat.AllAlive().Where(stat => stat.Session == id);
    }
}
