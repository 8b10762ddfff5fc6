using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Dkron.Host.Records;

/// <summary>Keeps a second agent from the same data directory. The lock dies with the process, however it ends.</summary>
internal sealed class AgentLock : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly SafeFileHandle _file;

    private AgentLock(SafeFileHandle file) => _file = file;

    /// <exception cref="RecordsException">Another agent holds it; the message names its process id.</exception>
    public static AgentLock Take(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, "agent.lock");
        var file = Open(path, dataDirectory);
        if (!NativeFiles.TryLock(file))
        {
            file.Dispose();
            throw InUse(dataDirectory, path);
        }

        // The process id stands in a file of its own: .NET locks what it reads, so nobody could read it from the locked file.
        var holder = HolderFile(path);
        File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        Restrict(holder);
        return new AgentLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle Open(string path, string dataDirectory)
    {
        try
        {
            // FileShare.None makes .NET itself take the lock of flock(2).
            var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            Restrict(path);
            return file;
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException) && File.Exists(path))
        {
            throw InUse(dataDirectory, path);
        }
    }

    private static RecordsException InUse(string dataDirectory, string path) =>
        new($"{dataDirectory}: another agent{Holder(path)} works on this data directory. Stop it, or give this one a directory of its own with Dkron:DataDirectory.");

    private static string Holder(string path)
    {
        try
        {
            var text = File.ReadAllText(HolderFile(path), Encoding.ASCII).Trim();
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? $" (process {id})" : "";
        }
        catch (IOException)
        {
            return "";
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string HolderFile(string path) => Path.ChangeExtension(path, ".pid");

    private static void Restrict(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }
    }
}
