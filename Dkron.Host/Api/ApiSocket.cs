using System.Net.Sockets;

namespace Dkron.Host.Api;

/// <summary>The Unix socket in the data directory, on which the agent listens. Only its owner may connect.</summary>
internal sealed class ApiSocket : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _path;
    private readonly ShortPath _short;

    private ApiSocket(string path)
    {
        _path = path;
        _short = ShortPath.Of(path);
    }

    /// <summary>The path to give to Kestrel, which is not always the one in the data directory.</summary>
    public string EndPointPath => _short.Text;

    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, "dkron.sock");

    /// <summary>Makes room for the socket: what a dead agent has left behind is removed.</summary>
    /// <param name="dataDirectory">An absolute path. The agent holds its lock already, so that two cannot both find the socket dead.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">Another agent answers there, or something that is no socket has its name.</exception>
    public static async Task<ApiSocket> ClaimAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        var path = PathIn(dataDirectory);
        Directory.CreateDirectory(dataDirectory);
        if (Path.Exists(path))
        {
            if (IsSomethingElse(path))
            {
                throw new IOException($"{path} is not a socket, but the agent's socket must have this name; move it away");
            }

            if (await IsAnsweredAsync(dataDirectory, cancellationToken))
            {
                throw new IOException($"another agent answers on {path}; stop it, or give this one a directory of its own with Dkron:DataDirectory");
            }

            File.Delete(path);
        }

        return new ApiSocket(path);
    }

    /// <summary>Connects to the agent.</summary>
    /// <exception cref="SocketException">Nobody listens, or the user may not connect.</exception>
    public static async Task<Socket> ConnectAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        using var path = ShortPath.Of(PathIn(dataDirectory));
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(path.ToEndPoint(), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Binds the socket. Nobody can connect before it listens, and by then only its owner may.</summary>
    /// <exception cref="IOException">It cannot be bound.</exception>
    public Socket Bind()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(_short.ToEndPoint());
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(_path, OwnerOnly);
            }

            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"the agent cannot listen on {_path}: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        File.Delete(_path);
        _short.Dispose();
    }

    private static async Task<bool> IsAnsweredAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        try
        {
            using var socket = await ConnectAsync(dataDirectory, cancellationToken);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
        catch (SocketException e)
        {
            throw new IOException($"{PathIn(dataDirectory)} cannot be tried: {e.Message}; remove it if no agent runs", e);
        }
    }

    /// <summary>Nothing but a socket refuses to be opened as a file.</summary>
    /// <remarks>Source: open(2), ENXIO.</remarks>
    private static bool IsSomethingElse(string path)
    {
        try
        {
            File.OpenHandle(path).Dispose();
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return Directory.Exists(path);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
