namespace Dkron.Host.Records;

/// <summary>How stored bytes become the output.</summary>
internal enum OutputEncoding
{
    /// <summary>They are the output.</summary>
    Plain,

    /// <summary>They are compressed with Brotli, RFC 7932.</summary>
    Brotli,
}
