namespace Dkron.Host.Jobs.Reading;

/// <summary>Knows which time zones there are, and asks for each only once.</summary>
internal sealed class TimeZones
{
    private static readonly Lazy<IReadOnlyList<string>> All = new(() => [.. TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id)]);
    private readonly Dictionary<string, bool> _asked = new(StringComparer.Ordinal);

    public static IEnumerable<string> Ids => All.Value;

    public bool Exists(string id)
    {
        if (!_asked.TryGetValue(id, out var exists))
        {
            // The system would look for a file of that name, wherever it leads.
            exists = id.AsSpan().IndexOfAnyExcept(Allowed) < 0 && !id.Contains("..", StringComparison.Ordinal) && id[0] != '/' && TimeZoneInfo.TryFindSystemTimeZoneById(id, out _);
            _asked.Add(id, exists);
        }

        return exists;
    }

    private static readonly System.Buffers.SearchValues<char> Allowed = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-");
}
