namespace Dkron.Processors.Syslog;

/// <summary>Facilities and severities; a name's index is its number.</summary>
/// <remarks>Source: RFC 5424, section 6.2.1; the short names are those of syslog(3) and logger(1).</remarks>
internal static class SyslogNames
{
    public static IReadOnlyList<string> Facilities { get; } =
    [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
        "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    public static IReadOnlyList<string> Severities { get; } = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

    public static int Number(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}
