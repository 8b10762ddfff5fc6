using System.Buffers;
using System.Text;
using Dkron.Abstractions;

namespace Dkron.Host.Execution.Output;

/// <summary>What a command had written to its file when the host was killed.</summary>
internal static class OutputLeftover
{
    private static readonly byte[] EndMark = Encoding.UTF8.GetBytes("\n[dkron: the host was killed here; what the command wrote after that is lost]\n");
    private static readonly byte[] GapMark = Encoding.UTF8.GetBytes("\n[dkron: bytes are cut here; what follows was kept of the end, and may not be in order]\n");

    /// <summary>Completes the file, with a mark where something is missing, and gives it under its name.</summary>
    /// <param name="path">The file for the output of the execution's command.</param>
    /// <param name="maxBytes">The most that was to be kept.</param>
    /// <returns>Null when nothing had been written to a file.</returns>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static ExecutionOutput? Take(string path, long maxBytes)
    {
        if (!File.Exists(path))
        {
            var growing = FileRegion.GrowingPath(path);
            if (new FileInfo(growing) is not { Exists: true, Length: > 0 } file)
            {
                return null;
            }

            if (file.Length < maxBytes)
            {
                using var end = new FileStream(growing, FileMode.Append, FileAccess.Write);
                end.Write(EndMark);
            }
            else
            {
                // The room for the tail is full: where in it the newest byte stands went with the host.
                Insert(growing, OutputRegion.HeadOf(maxBytes));
            }

            File.Move(growing, path);
        }

        return new ExecutionOutput(new FileInfo(path).Length, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
    }

    private static void Insert(string file, long at)
    {
        var ordered = file + ".marked";
        using (var source = File.OpenRead(file))
        using (var target = new FileStream(ordered, FileMode.Create, FileAccess.Write))
        {
            Copy(source, target, at);
            target.Write(GapMark);
            Copy(source, target, long.MaxValue);
            target.Write(EndMark);
        }

        File.Move(ordered, file, overwrite: true);
    }

    private static void Copy(FileStream source, FileStream target, long count)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (count > 0 && source.Read(buffer, 0, (int)Math.Min(buffer.Length, count)) is var read and > 0)
            {
                target.Write(buffer, 0, read);
                count -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
