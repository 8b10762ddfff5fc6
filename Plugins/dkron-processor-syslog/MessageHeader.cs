using System.Globalization;
using System.Text;
using Dkron.Abstractions;

namespace Dkron.Processors.Syslog;

/// <summary>What stands before the text of each message of one execution.</summary>
internal sealed class MessageHeader
{
    // The number that RFC 5612 sets apart for examples and private use of this kind: nobody else's element can bear it.
    private const string ElementName = "dkron@32473";
    private const int MaxHostName = 255;

    private readonly string _beforeId;
    private readonly string _afterId;
    private readonly string _element;
    private readonly bool _hasId;

    public MessageHeader(ProcessorContext context, SyslogSettings settings, TimeZoneInfo zone)
    {
        var execution = context.Execution;
        var priority = (settings.Facility * 8) + (execution.Success ? settings.SuccessSeverity : settings.FailureSeverity);
        var host = HostName(execution.NodeName);
        _hasId = !settings.IsRfc3164;
        if (_hasId)
        {
            _beforeId = Invariant($"<{priority}>1 {execution.FinishedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffffZ} {host} {settings.Tag} {Environment.ProcessId} ");
            _afterId = " ";
        }
        else
        {
            // The receiver of a local socket knows the machine; there the name would be taken for the tag, see syslog(3).
            var time = TimeZoneInfo.ConvertTime(execution.FinishedAt, zone);
            var from = settings.Target.Transport is Transport.Local ? "" : host + " ";
            _beforeId = Invariant($"<{priority}>{time:MMM} {time.Day,2} {time:HH:mm:ss} {from}{settings.Tag}[{Environment.ProcessId}]: ");
            _afterId = "";
        }

        _element = Element(context);
    }

    /// <summary>The header of one message, with a blank at its end.</summary>
    /// <param name="id">MSGID: what kind of message it is.</param>
    /// <param name="extra">Parameters of this message alone.</param>
    public byte[] Of(string id, string extra) => Encoding.UTF8.GetBytes($"{_beforeId}{(_hasId ? id : "")}{_afterId}{_element}{extra}] ");

    private static string Element(ProcessorContext context)
    {
        var execution = context.Execution;
        var element = new StringBuilder($"[{ElementName}");
        Add(element, "job", context.Job.Name);
        Add(element, "execution", execution.Id);
        Add(element, "attempt", Invariant($"{execution.Attempt}"));
        Add(element, "status", execution.Status is ExecutionStatus.TimedOut ? "timed_out" : execution.Status.ToString().ToLowerInvariant());
        Add(element, "exit_code", execution.ExitCode?.ToString(CultureInfo.InvariantCulture));
        Add(element, "signal", execution.Signal?.ToString(CultureInfo.InvariantCulture));
        Add(element, "trigger", execution.Trigger.ToString().ToLowerInvariant());
        return element.ToString();
    }

    /// <remarks>Source: RFC 5424, section 6.3.3: quote, backslash and closing bracket are escaped, and only these.</remarks>
    private static void Add(StringBuilder element, string name, string? value)
    {
        if (value is null)
        {
            return;
        }

        element.Append(' ').Append(name).Append("=\"");
        foreach (var c in value)
        {
            if (c is '"' or '\\' or ']')
            {
                element.Append('\\');
            }

            element.Append(char.IsControl(c) ? ' ' : c);
        }

        element.Append('"');
    }

    private static string HostName(string node)
    {
        var visible = string.Concat(node.Where(c => c is > ' ' and <= '~').Take(MaxHostName));
        return visible.Length > 0 ? visible : "-";
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
