using System.Net.Sockets;
using System.Text;

namespace Dkron.Host.Api;

/// <summary>Another, short path to a Unix socket, for as long as it is bound or connected to.</summary>
/// <remarks>
/// The address of a Unix socket has room for 107 bytes of path (unix(7)). A link in a private temporary folder leads round that:
/// the socket itself stays in the data directory, so that both sides find it there whatever their own temporary folder is.
/// </remarks>
internal sealed class ShortPath : IDisposable
{
    private const int MaxBytes = 107;
    private readonly string? _folder;

    private ShortPath(string path, string? folder)
    {
        Text = path;
        _folder = folder;
    }

    public string Text { get; }

    /// <exception cref="IOException">The temporary folder cannot be written, or its path is too long as well.</exception>
    public static ShortPath Of(string path)
    {
        if (Encoding.UTF8.GetByteCount(path) <= MaxBytes)
        {
            return new ShortPath(path, null);
        }

        var folder = Directory.CreateTempSubdirectory("dkron-").FullName;
        var link = Path.Combine(folder, "d");
        var shortPath = new ShortPath(Path.Combine(link, Path.GetFileName(path)), folder);
        if (Encoding.UTF8.GetByteCount(shortPath.Text) > MaxBytes)
        {
            shortPath.Dispose();
            throw new IOException($"{path} and {shortPath.Text} are both longer than the {MaxBytes} bytes that the path of a socket may have; choose a shorter Dkron:DataDirectory or TMPDIR");
        }

        Directory.CreateSymbolicLink(link, Path.GetDirectoryName(path)!);
        return shortPath;
    }

    public UnixDomainSocketEndPoint ToEndPoint() => new(Text);

    public void Dispose()
    {
        if (_folder is not null && Directory.Exists(_folder))
        {
            // Not recursive into what the link leads to: the link goes first.
            File.Delete(Path.Combine(_folder, "d"));
            Directory.Delete(_folder);
        }
    }
}
