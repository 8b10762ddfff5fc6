using MailKit.Net.Smtp;
using MimeKit;

namespace Dkron.Processors.Email;

/// <summary>What became of the receivers of one mail.</summary>
internal sealed class Delivery
{
    public List<(MailboxAddress Receiver, SmtpResponse Response)> Refused { get; } = [];

    /// <summary>Those who may be accepted later: a full mailbox, a server that wants to see a second try.</summary>
    /// <remarks>Source: RFC 5321, section 4.2.1: replies from 400 to 499 are transient.</remarks>
    public IEnumerable<(MailboxAddress Receiver, SmtpResponse Response)> RefusedForNow => Refused.Where(one => (int)one.Response.StatusCode < 500);
}
