using Dkron.Host.Execution.Native;

namespace Dkron.Host.Execution;

/// <summary>Says of recorded processes whether they still live, and ends them; also those of an earlier run of the host.</summary>
internal static class ProcessGroups
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Killed processes vanish at once, unless the kernel holds them in a disk or network operation.</summary>
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5);

    private static readonly Lazy<string> BootId = new(ReadBootId);

    /// <summary>Names a running process. Its start is 0 where /proc cannot be read.</summary>
    public static ProcessIdentity Identify(int processId) =>
        new(processId, ProcessStat.Read(processId)?.StartTicks ?? 0, BootId.Value);

    /// <summary>Whether it was started since the machine was, so that its ids may still mean it.</summary>
    public static bool IsOfThisBoot(ProcessIdentity identity) => identity.BootId == BootId.Value;

    /// <summary>Whether it still runs. A zombie does not.</summary>
    public static bool IsAlive(ProcessIdentity identity) =>
        IsOfThisBoot(identity)
        && ProcessStat.Read(identity.ProcessId) is { IsAlive: true } stat
        && stat.StartTicks == identity.StartTicks;

    /// <summary>Asks a process and all of its session to end, and kills what is left after the grace.</summary>
    /// <returns>Whether they are gone. Only while the process lives its session is known to be its own: what it left behind before is not touched.</returns>
    public static async Task<bool> EndAsync(ProcessIdentity identity, TimeSpan grace, TimeProvider time, CancellationToken cancellationToken)
    {
        var session = new ProcessSession(identity.ProcessId);
        List<ProcessStat> members = IsAlive(identity) ? [.. session.LiveMembers()] : [];
        if (members.Count == 0)
        {
            return true;
        }

        session.Signal(Signals.Terminate);
        session.Signal(Signals.Continue);
        members = await WaitAsync(Look, members, grace, time, cancellationToken);
        if (IsAlive(identity))
        {
            session.Signal(Signals.Kill);
        }

        members.ForEach(member => ProcessSession.SignalOne(member, Signals.Kill));
        return (await WaitAsync(Look, members, KillLimit, time, cancellationToken)).Count == 0;

        List<ProcessStat> Look(List<ProcessStat> before) => IsAlive(identity)
            ? [.. session.LiveMembers()]
            : [.. before.Where(member => ProcessStat.Read(member.ProcessId) is { IsAlive: true } now && now.StartTicks == member.StartTicks)];
    }

    /// <summary>Does the same with what a command has left in its session when it is gone itself: only those that bear the mark of its execution are known to be its own.</summary>
    /// <returns>Whether they are gone.</returns>
    public static async Task<bool> EndMarkedAsync(int session, string execution, TimeSpan grace, TimeProvider time, CancellationToken cancellationToken)
    {
        var members = Look([]);
        members.ForEach(member => ProcessSession.SignalOne(member, Signals.Terminate));
        members.ForEach(member => ProcessSession.SignalOne(member, Signals.Continue));
        members = await WaitAsync(Look, members, grace, time, cancellationToken);
        members.ForEach(member => ProcessSession.SignalOne(member, Signals.Kill));
        return (await WaitAsync(Look, members, KillLimit, time, cancellationToken)).Count == 0;

        List<ProcessStat> Look(List<ProcessStat> before) => [.. MarkedProcesses.FindIn(session, execution)];
    }

    /// <summary>Waits until they are gone, at most so long; gives those that are left, with what came to the session meanwhile.</summary>
    private static async Task<List<ProcessStat>> WaitAsync(
        Func<List<ProcessStat>, List<ProcessStat>> look, List<ProcessStat> members, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            members = look(members);
            if (members.Count == 0 || time.GetElapsedTime(start) >= limit)
            {
                return members;
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    private static string ReadBootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
