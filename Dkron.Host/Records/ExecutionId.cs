using System.Globalization;

namespace Dkron.Host.Records;

/// <summary>Reads ids of the form NUMBER-NODE; the number is the key of the record.</summary>
internal static class ExecutionId
{
    public static string Format(long key, string node) => string.Create(CultureInfo.InvariantCulture, $"{key}-{node}");

    public static bool TryParse(string id, out long key, out string node)
    {
        var dash = id.IndexOf('-', StringComparison.Ordinal);
        node = dash < 0 ? "" : id[(dash + 1)..];
        key = 0;
        return dash > 0 && long.TryParse(id.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out key);
    }

    /// <exception cref="ArgumentException">It is no id of this product.</exception>
    public static long KeyOf(string id) =>
        TryParse(id, out var key, out _) ? key : throw new ArgumentException($"'{id}' is no execution id: expected a number, a dash and the node's name.", nameof(id));
}
