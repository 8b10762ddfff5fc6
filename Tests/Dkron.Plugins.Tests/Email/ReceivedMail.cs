using System.Text.Json;

namespace Dkron.Plugins.Tests.Email;

/// <summary>A mail as the server understood it: decoded by Python's email package, which shares nothing with what wrote it.</summary>
internal sealed record ReceivedMail
{
    public required string From { get; init; }

    public required IReadOnlyList<string> Receivers { get; init; }

    public required string Login { get; init; }

    public required bool Tls { get; init; }

    public required IReadOnlyList<(string Name, string Value)> Headers { get; init; }

    public required IReadOnlyList<string> Defects { get; init; }

    public required IReadOnlyList<(string Type, string Name, string Text)> Parts { get; init; }

    public required string Raw { get; init; }

    public string Text => Parts[0].Text;

    public string this[string header] => Headers.Single(one => one.Name.Equals(header, StringComparison.OrdinalIgnoreCase)).Value;

    public static ReceivedMail Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var root = document.RootElement;
        return new ReceivedMail
        {
            From = root.GetProperty("from").GetString()!,
            Receivers = [.. root.GetProperty("receivers").EnumerateArray().Select(one => one.GetString()!)],
            Login = root.GetProperty("login").GetString()!,
            Tls = root.GetProperty("tls").GetBoolean(),
            Headers = [.. root.GetProperty("headers").EnumerateArray().Select(one => (one[0].GetString()!, one[1].GetString()!))],
            Defects = [.. root.GetProperty("defects").EnumerateArray().Select(one => one.GetString()!)],
            Parts = [.. root.GetProperty("parts").EnumerateArray().Select(one => (one.GetProperty("type").GetString()!, one.GetProperty("name").GetString()!, one.GetProperty("text").GetString()!))],
            Raw = root.GetProperty("raw").GetString()!,
        };
    }
}
