using System.Globalization;
using Dkron.Abstractions;
using Dkron.Processors.Notices;

namespace Dkron.Processors.Email;

/// <summary>The account on a mail server.</summary>
internal sealed record MailServer
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    public required Security Security { get; init; }

    public required string User { get; init; }

    public required string Password { get; init; }

    public required string CaFile { get; init; }

    public required TimeSpan ConnectTimeout { get; init; }

    public required TimeSpan SendTimeout { get; init; }

    public static MailServer From(ProcessorConfig config)
    {
        var security = EmailOptions.Choice<Security>(config, "security");
        var usual = security switch
        {
            Security.StartTls => 587,
            Security.Tls => 465,
            _ => 25,
        };
        return new MailServer
        {
            Host = config.Required("host"),
            Port = (int)config.Integer("port", usual, 1, ushort.MaxValue),
            Security = security,
            User = config.Text("user", ""),
            Password = config.Text("password", ""),
            CaFile = config.Text("ca_file", ""),
            ConnectTimeout = config.Duration("connect_timeout", EmailOptions.DefaultConnectTimeout),
            SendTimeout = config.Duration("send_timeout", EmailOptions.DefaultSendTimeout),
        };
    }

    /// <summary>Takes the password out of any text, also in the forms that a login sends it in.</summary>
    public SecretScrub Scrub() => new([Password, $"\0{User}\0{Password}"]);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"the mail server {Host}:{Port} ({Security.ToString().ToLowerInvariant()})");
}
