using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Dkron.Host.Scheduling;

/// <summary>Finds time zones by their IANA names; all users of a zone share one clock.</summary>
internal static class Zones
{
    private const int MaxNameLength = 100;
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");
    private static readonly ConcurrentDictionary<string, ZoneClock> Known = new(StringComparer.Ordinal);

    /// <summary>The host's own zone.</summary>
    public static ZoneClock Local => Known.GetOrAdd("", static _ => new ZoneClock(TimeZoneInfo.Local));

    public static bool TryFind(ReadOnlySpan<char> name, [NotNullWhen(true)] out ZoneClock? clock, [NotNullWhen(false)] out string? error)
    {
        error = null;
        var alternate = Known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (name is "" or "Local")
        {
            clock = Local;
            return true;
        }

        if (alternate.TryGetValue(name, out clock))
        {
            return true;
        }

        // The name becomes a path below the zone folder: nothing but a zone's name may get there. The zones below right/ count
        // leap seconds, which no clock here does.
        if (name.Length > MaxNameLength || name.ContainsAnyExcept(NameCharacters) || name[0] == '/' || name.StartsWith("right/", StringComparison.Ordinal) || !TimeZoneInfo.TryFindSystemTimeZoneById(name.ToString(), out var zone))
        {
            error = $"unknown time zone '{Excerpt.Of(name)}'; expected a name of the tz database such as Europe/Madrid or UTC";
            return false;
        }

        if (!name.SequenceEqual(zone.Id))
        {
            error = $"unknown time zone '{Excerpt.Of(name)}'; upper and lower case count: {zone.Id}";
            return false;
        }

        clock = Known.GetOrAdd(zone.Id, static (_, zone) => new ZoneClock(zone), zone);
        return true;
    }
}
