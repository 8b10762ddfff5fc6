using Dkron.Abstractions;
using Dkron.Processors.Notices;
using MimeKit;

namespace Dkron.Processors.Email;

/// <summary>One step's options, read.</summary>
internal sealed record EmailSettings
{
    public required MailServer Server { get; init; }

    public required MailboxAddress From { get; init; }

    public required IReadOnlyList<MailboxAddress> To { get; init; }

    public required IReadOnlyList<MailboxAddress> Cc { get; init; }

    public required IReadOnlyList<MailboxAddress> Bcc { get; init; }

    public required Occasion On { get; init; }

    public required NoticeTemplate Subject { get; init; }

    public required NoticeTemplate Body { get; init; }

    public required OutputPlace Output { get; init; }

    public required int MaxOutputBytes { get; init; }

    public required int RateLimit { get; init; }

    public required TimeSpan RatePeriod { get; init; }

    /// <summary>Everyone who gets the mail, each once.</summary>
    public IReadOnlyList<MailboxAddress> Receivers => [.. To.Concat(Cc).Concat(Bcc).DistinctBy(one => one.Address, StringComparer.OrdinalIgnoreCase)];

    public static EmailSettings Read(ProcessorConfig config, JobInfo job)
    {
        if (EmailOptions.Validate(config) is [var first, ..])
        {
            throw new ProcessorConfigException(first[..first.IndexOf(':', StringComparison.Ordinal)], first);
        }

        var output = EmailOptions.Choice<OutputPlace>(config, "output");
        return new EmailSettings
        {
            Server = MailServer.From(config),
            From = Addresses.Parse(config.Required("from"), out _)[0],
            To = ReadTo(config, job),
            Cc = ReadList(config, "cc"),
            Bcc = ReadList(config, "bcc"),
            On = Occasions.Read(config.Text(Occasions.Option, EmailOptions.DefaultOn), out _),
            Subject = NoticeTemplate.Parse(config.Text("subject", EmailOptions.DefaultSubject), out _),
            Body = NoticeTemplate.Parse(config.Text("body", EmailOptions.DefaultBody), out _),
            Output = output,
            MaxOutputBytes = output is OutputPlace.None ? 0 : (int)config.Size("max_output_bytes", output is OutputPlace.Attach ? EmailOptions.DefaultAttachedBytes : EmailOptions.DefaultInlineBytes),
            RateLimit = (int)config.Integer("rate_limit", EmailOptions.DefaultRate, 0, 1000),
            RatePeriod = config.Duration("rate_period", EmailOptions.DefaultPeriod),
        };
    }

    private static IReadOnlyList<MailboxAddress> ReadTo(ProcessorConfig config, JobInfo job)
    {
        if (config.ContainsKey("to"))
        {
            return ReadList(config, "to");
        }

        string? problem = null;
        var owner = job.OwnerEmail.Length == 0 ? [] : Addresses.Parse(job.OwnerEmail, out problem);
        return owner.Count > 0 || config.ContainsKey("cc") || config.ContainsKey("bcc")
            ? owner
            : throw new ProcessorConfigException("to", $"to: is missing, and {(problem is null ? "the job has no owner_email that could stand for it" : $"the job's owner_email {problem}")}; expected addresses such as a@example.com");
    }

    private static IReadOnlyList<MailboxAddress> ReadList(ProcessorConfig config, string key) => config.ContainsKey(key) ? Addresses.Parse(config[key], out _) : [];
}
