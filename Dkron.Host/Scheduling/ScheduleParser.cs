using System.Diagnostics.CodeAnalysis;
using Dkron.Abstractions;

namespace Dkron.Host.Scheduling;

/// <summary>Reads a schedule: an optional zone, then a name or cron fields.</summary>
internal static class ScheduleParser
{
    private static readonly string[] ZonePrefixes = ["CRON_TZ=", "TZ="];
    private static readonly DueTimes Never = new NeverTimes();

    public static bool TryParse(string text, string timeZone, int spread, [NotNullWhen(true)] out DueTimes? times, [NotNullWhen(false)] out string? error)
    {
        times = null;
        if (!Zones.TryFind(timeZone, out var clock, out error))
        {
            return false;
        }

        var rest = text.AsSpan().Trim();
        if (rest.IsEmpty)
        {
            error = "is empty; expected cron fields such as '0 30 4 * * *', or a name such as @daily or @every 5m";
            return false;
        }

        var prefixed = false;
        foreach (var prefix in ZonePrefixes)
        {
            if (rest.StartsWith(prefix, StringComparison.Ordinal))
            {
                prefixed = true;
                if (!TryTakeZone(prefix, ref rest, ref clock, out error))
                {
                    return false;
                }

                break;
            }
        }

        return rest[0] == '@'
            ? TryParseName(rest, prefixed, clock, out times, out error)
            : CronParser.TryParse(rest.ToString(), spread, clock, out times, out error);
    }

    private static bool TryTakeZone(string prefix, ref ReadOnlySpan<char> rest, ref ZoneClock clock, [NotNullWhen(false)] out string? error)
    {
        var afterPrefix = rest[prefix.Length..];
        var end = EndOfWord(afterPrefix);
        error = end == 0 ? $"{prefix} names no zone; expected one such as {prefix}Europe/Madrid, then the schedule"
            : end == afterPrefix.Length ? $"has no schedule after {prefix}{Excerpt.Of(afterPrefix)}; expected cron fields or a name such as @daily"
            : null;
        rest = afterPrefix[end..].TrimStart();
        return error is null && Zones.TryFind(afterPrefix[..end], out clock!, out error);
    }

    private static bool TryParseName(ReadOnlySpan<char> text, bool prefixed, ZoneClock clock, [NotNullWhen(true)] out DueTimes? times, [NotNullWhen(false)] out string? error)
    {
        var end = EndOfWord(text);
        var name = text[..end].ToString();
        var argument = text[end..].TrimStart();
        (times, error) = name.ToLowerInvariant() switch
        {
            "@every" => Every(argument, clock),
            "@at" => prefixed ? (null, "@at takes no TZ= before it; its time carries its own offset, as in @at 2030-01-31T08:00:00+01:00") : At(argument),
            _ when argument.Length > 0 => (null, $"{Excerpt.Of(name)} takes nothing after it, found '{Excerpt.Of(argument)}'"),
            "@manually" => prefixed ? (null, "@manually takes no TZ= before it; it is never due by itself") : (Never, null),
            "@yearly" or "@annually" => Cron("0 0 0 1 1 *", clock),
            "@monthly" => Cron("0 0 0 1 * *", clock),
            "@weekly" => Cron("0 0 0 * * 0", clock),
            "@daily" or "@midnight" => Cron("0 0 0 * * *", clock),
            "@hourly" => Cron("0 0 * * * *", clock),
            "@minutely" => Cron("0 * * * * *", clock),
            _ => (null, $"unknown name '{Excerpt.Of(name)}'; expected @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, @minutely, @manually, @every DURATION or @at TIME"),
        };
        return times is not null;
    }

    private static int EndOfWord(ReadOnlySpan<char> text)
    {
        var end = 0;
        while (end < text.Length && !char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        return end;
    }

    private static (DueTimes? Times, string? Error) Cron(string fields, ZoneClock clock)
        => CronParser.TryParse(fields, 0, clock, out var times, out var error) ? (times, null) : (null, error);

    /// <remarks>Source: robfig/cron v3.0.1, constantdelay.go: whole seconds, at least one.</remarks>
    private static (DueTimes? Times, string? Error) Every(ReadOnlySpan<char> argument, ZoneClock clock)
    {
        if (!DurationText.TryParse(argument.ToString(), out var interval))
        {
            return (null, $"@every '{Excerpt.Of(argument)}' has no valid duration; expected one such as 90s, 5m, 1h30m, 1d or 2w, at most 10000 days");
        }

        // What is too short for a TimeSpan has been cut to nothing, and is still more than nothing.
        if (interval < TimeSpan.Zero || (interval == TimeSpan.Zero && (argument[0] == '-' || !argument.ContainsAnyInRange('1', '9'))))
        {
            return (null, $"@every '{Excerpt.Of(argument)}' is not above zero; expected a duration such as 30s");
        }

        var seconds = Math.Max(1, interval.Ticks / TimeSpan.TicksPerSecond);
        return (new EveryTimes(TimeSpan.FromTicks(seconds * TimeSpan.TicksPerSecond), clock), null);
    }

    private static (DueTimes? Times, string? Error) At(ReadOnlySpan<char> argument)
        => Rfc3339.TryParse(argument, out var time)
            ? (new AtTimes(time.Value), null)
            : (null, $"@at '{Excerpt.Of(argument)}' has no valid time; expected RFC 3339 such as 2030-01-31T08:00:00Z or 2030-01-31T08:00:00+01:00");
}
