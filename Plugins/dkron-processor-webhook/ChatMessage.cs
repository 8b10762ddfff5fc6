using System.Buffers;
using System.Text.Json;
using Dkron.Processors.Notices;

namespace Dkron.Processors.Webhook;

/// <summary>What a chat is told: a line, and the output's end in a block of its own.</summary>
/// <param name="Text">The line's template.</param>
/// <param name="Fields">What the line may tell.</param>
/// <param name="Output">As much of the output as was read.</param>
/// <param name="Event">What happened, which gives the colour.</param>
internal sealed record ChatMessage(NoticeTemplate Text, NoticeFields Fields, OutputTail Output, NoticeEvent Event)
{
    private const int Red = 0xD32F2F;
    private const int Green = 0x2E7D32;
    private const int Grey = 0x757575;

    public int Color => Event switch
    {
        NoticeEvent.Failure or NoticeEvent.Attempt => Red,
        NoticeEvent.Success or NoticeEvent.Recovery => Green,
        _ => Grey,
    };

    /// <summary>The line, on one line and no longer than this.</summary>
    /// <param name="maxCharacters">In UTF-16 units, as it goes out.</param>
    /// <param name="escape">What makes a value a mere text where it goes.</param>
    public string Line(int maxCharacters, Func<string, string> escape)
    {
        var whole = OneLine(Text.Fill(Fields, escape)).Trim();

        // A chat refuses a message without a text.
        whole = whole.Length > 0 ? whole : escape(Fields["job"].Text);
        return whole.Length <= maxCharacters ? whole : Cut(whole, maxCharacters - 1) + "…";
    }

    /// <summary>Writes a JSON object.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string OneLine(string text) => string.Create(text.Length, text, (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = char.IsControl(source[i]) ? ' ' : source[i];
        }
    });

    /// <summary>Cuts between characters, and not within an escape such as <c>&amp;lt;</c> or a backslash and what it escapes.</summary>
    private static string Cut(string text, int length)
    {
        var end = char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        var escape = text.LastIndexOf('&', end - 1, Math.Min(end, 5));
        end = escape >= 0 && !text.AsSpan(escape, end - escape).Contains(';') ? escape : end;
        return text[..end].TrimEnd('\\');
    }
}
