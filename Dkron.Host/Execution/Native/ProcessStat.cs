using System.Buffers.Text;
using System.Globalization;

namespace Dkron.Host.Execution.Native;

/// <summary>What /proc/PID/stat says of a process.</summary>
/// <remarks>Source: proc_pid_stat(5). The name in the second field may hold spaces and parentheses: the last one ends it.</remarks>
internal readonly record struct ProcessStat(int ProcessId, char State, int Group, int Session, long StartTicks)
{
    private const int FieldsAfterName = 20;

    /// <summary>Whether it still runs: neither a zombie nor dead.</summary>
    public bool IsAlive => State is not ('Z' or 'X' or 'x');

    /// <summary>All processes that run; none where there is no /proc.</summary>
    public static IEnumerable<ProcessStat> AllAlive()
    {
        if (!Directory.Exists("/proc/self"))
        {
            yield break;
        }

        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(id) is { IsAlive: true } stat)
            {
                yield return stat;
            }
        }
    }

    /// <summary>Null when there is no such process, or no /proc. Processes come and go while they are looked at, so nothing is thrown.</summary>
    public static unsafe ProcessStat? Read(int processId)
    {
        const int LongestStat = 1024;
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var file = LibC.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"), LibC.CloseOnExec);
        if (file < 0)
        {
            return null;
        }

        var buffer = stackalloc byte[LongestStat];
        var count = (int)LibC.Read(file, buffer, LongestStat);
        _ = LibC.Close(file);
        return count > 0 ? Parse(processId, new ReadOnlySpan<byte>(buffer, count)) : null;
    }

    public static ProcessStat? Parse(int processId, ReadOnlySpan<byte> text)
    {
        var nameEnd = text.LastIndexOf((byte)')');
        if (nameEnd < 0 || nameEnd + 2 >= text.Length)
        {
            return null;
        }

        Span<Range> fields = stackalloc Range[FieldsAfterName + 1];
        var rest = text[(nameEnd + 2)..];
        var count = 0;
        foreach (var range in rest.Split((byte)' '))
        {
            fields[count++] = range;
            if (count > FieldsAfterName)
            {
                break;
            }
        }

        // The state is field 3, so field N stands at N - 3.
        return count >= FieldsAfterName
            && Utf8Parser.TryParse(rest[fields[2]], out int group, out _)
            && Utf8Parser.TryParse(rest[fields[3]], out int session, out _)
            && Utf8Parser.TryParse(rest[fields[19]], out long startTicks, out _)
                ? new ProcessStat(processId, (char)rest[0], group, session, startTicks)
                : null;
    }
}
