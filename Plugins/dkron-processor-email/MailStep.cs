namespace Dkron.Processors.Email;

/// <summary>How far a mail came.</summary>
internal enum MailStep
{
    Connecting,
    LoggingIn,
    Sending,
}
