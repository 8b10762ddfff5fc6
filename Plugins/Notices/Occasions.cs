using Dkron.Abstractions;

namespace Dkron.Processors.Notices;

/// <summary>Reads the option <c>on</c>, and tells what an execution is to those who want notices.</summary>
internal static class Occasions
{
    public const string Option = "on";
    private static readonly string[] Names = [.. Enum.GetValues<Occasion>().Where(one => one != Occasion.None).Select(NameOf)];

    /// <summary>Reads names separated by commas.</summary>
    public static Occasion Read(string text, out string? problem)
    {
        problem = null;
        var result = Occasion.None;
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                problem = $"{Option}: '{name}' is none of {string.Join(", ", Names)}";
                return Occasion.None;
            }

            result |= Enum.Parse<Occasion>(name, ignoreCase: true);
        }

        problem = result == Occasion.None ? $"{Option}: is blank; expected one or more of {string.Join(", ", Names)}" : null;
        return result;
    }

    /// <summary>Whether the command did not do its work. A firing that was left out failed at nothing.</summary>
    public static bool IsFailure(ExecutionStatus status) => status is ExecutionStatus.Failed or ExecutionStatus.TimedOut or ExecutionStatus.Lost;

    /// <summary>What happened.</summary>
    /// <param name="execution">The execution.</param>
    /// <param name="failedBefore">Whether the firing before failed, as far as that is known.</param>
    public static NoticeEvent Of(ExecutionInfo execution, bool failedBefore) => execution.Status switch
    {
        ExecutionStatus.Succeeded => failedBefore ? NoticeEvent.Recovery : NoticeEvent.Success,
        var status when IsFailure(status) => execution.IsFinalAttempt ? NoticeEvent.Failure : NoticeEvent.Attempt,
        _ => NoticeEvent.Skipped,
    };

    public static bool Wants(Occasion wanted, NoticeEvent what, bool failedBefore) => wanted.HasFlag(Occasion.Always) || what switch
    {
        NoticeEvent.Failure => wanted.HasFlag(Occasion.Failure) || (wanted.HasFlag(Occasion.Change) && !failedBefore),
        NoticeEvent.Recovery => (wanted & (Occasion.Recovery | Occasion.Success | Occasion.Change)) != 0,
        NoticeEvent.Success => wanted.HasFlag(Occasion.Success),
        _ => false,
    };

    private static string NameOf(Occasion occasion) => occasion.ToString().ToLowerInvariant();
}
