using System.Diagnostics;

namespace Dkron.Host.Tests.Records;

/// <summary>A file system in memory (tmpfs) of a given size; needs root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    private string Filler => Path.Combine(Folder, "filler");

    /// <remarks>Skips the test where nothing may be mounted.</remarks>
    public static SmallDisk Mount(string folder, string size)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "Mounting a small disk needs root on Linux.");
        Directory.CreateDirectory(folder);
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder) == 0, "This environment does not allow mounting.");
        return new SmallDisk(folder);
    }

    /// <summary>Waits while it is busy: what another test starts has, until its program runs, each file open that this process had open then.</summary>
    public Task RemountAsync(string mode) => Until.TrueAsync(() => Run("mount", "-o", $"remount,{mode}", Folder) == 0, "nothing has files open in there for long");

    /// <summary>Leaves no room for a further page.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // Full, as wished.
        }
    }

    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        // Lazily: what a process that was killed just now had open may still be busy.
        _ = Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode;
    }
}
