using System.Security.Cryptography;

namespace Dkron.Processors.Syslog;

/// <summary>A file that TLS needs cannot be used. The message is a whole sentence.</summary>
#pragma warning disable CA1064 // The processor turns it into a result: it never leaves this assembly.
internal sealed class TlsFileException(string message) : Exception(message)
#pragma warning restore CA1064
{
    public static void Wrap(string option, string file, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new TlsFileException($"{option}: {file} cannot be used: {e.Message}");
        }
    }
}
