using System.Globalization;
using Dkron.Host.Execution.Native;

namespace Dkron.Host.Execution;

/// <summary>What still lives of a command whose host was killed.</summary>
internal sealed class LostCommand
{
    private readonly string _execution;
    private readonly ProcessIdentity? _leader;
    private readonly List<ProcessStat> _own = [];
    private readonly List<ProcessStat> _doubtful = [];
    private readonly List<ProcessStat> _apart = [];

    /// <param name="execution">The id of its execution.</param>
    /// <param name="recorded">Its process; null when the host was killed before that was on disk.</param>
    /// <param name="found">What lives.</param>
    public LostCommand(string execution, ProcessIdentity? recorded, MarkedProcesses found)
    {
        _execution = execution;
        var marked = found.Of(execution).ToList();

        // The oldest one is in the command's own session; another session was made by what it started, which a stop does not reach either.
        _leader = recorded ?? (marked.Count == 0 ? null : ProcessGroups.Identify(marked[0].Session));
        if (_leader is null || !ProcessGroups.IsOfThisBoot(_leader))
        {
            return;
        }

        var session = _leader.ProcessId;
        _own.AddRange(marked.Where(one => one.Session == session));
        _apart.AddRange(marked.Where(one => one.Session != session && one.ProcessId == one.Session));
        var all = found.In(session).ToList();
        if (all.TrueForAll(one => one.ProcessId != session))
        {
            // Their leader is gone: these may have cleared their environment, or be another session that was given the same id later.
            _doubtful.AddRange(all.Except(_own));
        }
    }

    /// <summary>Whether something lives that is the command's beyond doubt.</summary>
    public bool IsAlive => IsLeaderAlive || _own.Count > 0;

    private bool IsLeaderAlive => _leader is not null && ProcessGroups.IsAlive(_leader);

    /// <summary>Asks to end what is the command's beyond doubt, and kills what is left of it after the grace.</summary>
    /// <returns>What became of it, in words.</returns>
    public async Task<string> EndAsync(TimeSpan grace, TimeProvider time, CancellationToken cancellationToken)
    {
        if (_leader is null)
        {
            return "no process of it is left";
        }

        var apart = List("; what it started in sessions of their own is left alone: ", _apart);
        if (IsLeaderAlive)
        {
            return await ProcessGroups.EndAsync(_leader, grace, time, cancellationToken)
                ? $"{Name(_leader)} was still there and was ended{apart}"
                : $"{Name(_leader)} is still there and could not be ended{apart}";
        }

        var doubtful = List("; also in its session, but without its mark and therefore left alone: ", _doubtful);
        if (_own.Count == 0)
        {
            return $"{Name(_leader)} is gone{doubtful}{apart}";
        }

        var own = List(", and what it had started (", _own, await ProcessGroups.EndMarkedAsync(_leader.ProcessId, _execution, grace, time, cancellationToken)
            ? ") was still there and was ended"
            : ") is still there and could not be ended");
        return $"{Name(_leader)} is gone{own}{doubtful}{apart}";
    }

    private static string Name(ProcessIdentity leader) => string.Create(CultureInfo.InvariantCulture, $"its process {leader.ProcessId}");

    private static string List(string before, List<ProcessStat> processes, string after = "") =>
        processes.Count == 0 ? "" : $"{before}{string.Join(", ", processes.Select(one => one.ProcessId.ToString(CultureInfo.InvariantCulture)))}{after}";
}
