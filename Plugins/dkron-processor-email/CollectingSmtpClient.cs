using MailKit.Net.Smtp;
using MimeKit;

namespace Dkron.Processors.Email;

/// <summary>Goes on with those receivers that the server accepts, and notes the others.</summary>
internal sealed class CollectingSmtpClient(Delivery delivery) : SmtpClient
{
    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) => delivery.Refused.Add((mailbox, response));
}
