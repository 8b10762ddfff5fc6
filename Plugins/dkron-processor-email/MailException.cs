namespace Dkron.Processors.Email;

/// <summary>A mail was not taken.</summary>
#pragma warning disable CA1064 // The processor turns it into a result: it never leaves this assembly.
internal sealed class MailException(MailStep step, TimeLimit limit, string certificateProblem, Exception cause) : Exception(cause.Message, cause)
#pragma warning restore CA1064
{
    public MailStep Step { get; } = step;

    /// <summary>The time that ran out, when it was time that ended it.</summary>
    public TimeLimit Limit { get; } = limit;

    /// <summary>Why the server was not trusted; empty when it was.</summary>
    public string CertificateProblem { get; } = certificateProblem;
}
