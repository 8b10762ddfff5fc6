namespace Dkron.Processors.Email;

/// <summary>How the way to the server is protected.</summary>
internal enum Security
{
    /// <summary>The connection begins in clear and is not used for anything before it is encrypted.</summary>
    StartTls,

    /// <summary>Encrypted from the first byte.</summary>
    Tls,

    /// <summary>Not at all.</summary>
    None,
}
