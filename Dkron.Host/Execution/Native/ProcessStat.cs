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

    public static ProcessStat? Read(int processId)
    {
        Span<byte> buffer = stackalloc byte[1024];
        try
        {
            using var file = File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            return Parse(processId, buffer[..RandomAccess.Read(file, buffer, 0)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
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
