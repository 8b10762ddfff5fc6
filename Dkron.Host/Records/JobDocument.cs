using System.Security.Cryptography;
using System.Text;

namespace Dkron.Host.Records;

/// <summary>A job document as it was run, kept once for all executions that ran it unchanged.</summary>
internal sealed record JobDocument(string Text, byte[] Digest)
{
    public static JobDocument? From(string? text) => text is null ? null : new(text, Hash(text));

    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
