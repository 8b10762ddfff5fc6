using System.Text.Json;

namespace Dkron.Host.Jobs.Settings;

/// <summary>Looks into a file that breaks off or is wrong somewhere for the one setting that leads to the last good ones.</summary>
internal static class SettingsRemains
{
    /// <summary>The value of <c>Dkron:DataDirectory</c> if it stands before the place where the file breaks; else null.</summary>
    public static string? DataDirectory(ReadOnlySpan<byte> bytes)
    {
        var content = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        var reader = new Utf8JsonReader(content, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var inHost = false;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                if (reader.CurrentDepth == 1)
                {
                    inHost = Is(reader.GetString(), DkronOptions.Section);
                }
                else if (reader.CurrentDepth == 2 && inHost && Is(reader.GetString(), nameof(DkronOptions.DataDirectory)))
                {
                    return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // That the file is wrong has been told by whoever asks.
        }

        return null;
    }

    private static bool Is(string? key, string name) => string.Equals(key, name, StringComparison.OrdinalIgnoreCase);
}
