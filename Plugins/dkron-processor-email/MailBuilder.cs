using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dkron.Abstractions;
using Dkron.Processors.Notices;
using MimeKit;

namespace Dkron.Processors.Email;

/// <summary>Makes the mail about one execution.</summary>
internal static class MailBuilder
{
    public static async Task<MimeMessage> MakeAsync(ProcessorContext context, EmailSettings settings, NoticeEvent what, long heldBack, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (output, attachment) = await ReadAsync(context, settings, cancellationToken);
        var fields = new NoticeFields(context, what, output);
        var message = new MimeMessage();
        message.From.Add(settings.From);
        message.To.AddRange(settings.To);
        message.Cc.AddRange(settings.Cc);
        message.Subject = MailText.Header(settings.Subject.Fill(fields));
        message.Date = now;
        message.MessageId = MessageId(context.InvocationId, settings.From);
        AddHeaders(message.Headers, context, fields);

        var text = new TextPart("plain");
        text.SetText(Encoding.UTF8, MailText.Body(settings.Body.Fill(fields)) + HeldBack(heldBack, settings));
        message.Body = attachment is null ? text : new Multipart("mixed", text, attachment);
        return message;
    }

    /// <summary>The same for the same invocation, so that mail servers and programs recognise a repeat.</summary>
    public static string MessageId(string invocation, MailboxAddress from)
    {
        var domain = from.Address[(from.Address.LastIndexOf('@') + 1)..];
        domain = domain.All(char.IsAscii) ? domain : "dkron.invalid";
        return $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(invocation)).AsSpan(0, 16))}.dkron@{domain}";
    }

    private static async Task<(OutputTail Output, MimePart? Attachment)> ReadAsync(ProcessorContext context, EmailSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Output is not OutputPlace.Attach)
        {
            return (await OutputTail.ReadAsync(context.Output, settings.MaxOutputBytes, cancellationToken) is var tail && settings.Output is OutputPlace.None ? tail with { Text = "" } : tail, null);
        }

        var bytes = await OutputTail.ReadBytesAsync(context.Output, settings.MaxOutputBytes, cancellationToken);
        var leftOut = context.Output.Length - bytes.Length;
        var name = $"{context.Job.Name}-{context.Execution.Id}.txt";
        var note = leftOut > 0 ? string.Create(CultureInfo.InvariantCulture, $" (its last {bytes.Length} bytes; {leftOut} before them are left out)") : "";
        if (bytes.Length == 0)
        {
            return (OutputTail.None, null);
        }

        var part = new MimePart("text", "plain")
        {
            Content = new MimeContent(new MemoryStream(bytes)),
            ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) { FileName = name },
            ContentTransferEncoding = ContentEncoding.Base64,
        };
        part.ContentType.Charset = "utf-8";
        return (new OutputTail($"The output is attached as {name}{note}.", leftOut), part);
    }

    private static void AddHeaders(HeaderList headers, ProcessorContext context, NoticeFields fields)
    {
        foreach (var field in (string[])["job", "execution", "node", "status", "event"])
        {
            headers.Add($"X-Dkron-{char.ToUpperInvariant(field[0])}{field[1..]}", MailText.Header(fields[field].Text));
        }

        headers.Add("X-Dkron-Invocation", MailText.Header(context.InvocationId));

        // RFC 3834, section 5: no answering machine answers to these.
        headers.Add("Auto-Submitted", "auto-generated");
        headers.Add("X-Auto-Response-Suppress", "All");
    }

    private static string HeldBack(long count, EmailSettings settings) => count == 0 ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"\n\n{count} {(count == 1 ? "mail" : "mails")} about this job {(count == 1 ? "was" : "were")} held back before this one: rate_limit is {settings.RateLimit} in {settings.RatePeriod:c}.\n");
}
