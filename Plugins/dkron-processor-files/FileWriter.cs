using System.Collections.Concurrent;
using Dkron.Abstractions;

namespace Dkron.Processors.Files;

/// <summary>Brings one output to disk so that under its name there is either all of it or nothing.</summary>
internal sealed class FileWriter(TimeProvider time) : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private const string TemporaryPrefix = ".dkron-files-";
    private const int BufferBytes = 64 * 1024;
    private const int MaxSweptFolders = 1000;
    private static readonly TimeSpan TemporaryAge = TimeSpan.FromHours(1);

    // One job's files get their names one after another, so that each call's retention sees what the earlier ones left.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 16).Select(_ => new SemaphoreSlim(1))];
    private readonly ConcurrentDictionary<string, bool> _swept = [];

    /// <returns>What the retention could not do, as whole sentences.</returns>
    public async ValueTask<IReadOnlyList<string>> WriteAsync(ProcessorContext context, FileSettings settings, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        using var root = Folder.Open(settings.LogDir);
        using var below = root.EnterAll(names.SkipLast(1));
        var folder = below ?? root;
        Sweep(folder);

        var temporary = $"{TemporaryPrefix}{Guid.NewGuid():N}.tmp";
        try
        {
            Fill(context.Output, folder.At(temporary), cancellationToken);
            var turn = _turns[(uint)context.Job.Name.GetHashCode(StringComparison.Ordinal) % _turns.Length];
            await turn.WaitAsync(cancellationToken);
            try
            {
                File.SetLastWriteTimeUtc(folder.At(temporary), time.GetUtcNow().UtcDateTime);
                File.Move(folder.At(temporary), folder.At(names[^1]), overwrite: true);
                folder.Sync();
                return settings.Retention.IsUnlimited
                    ? []
                    : settings.Retention.Enforce(root, settings.Pattern.Shapes(context), Path.Combine(folder.Path, names[^1]), time.GetUtcNow());
            }
            finally
            {
                turn.Release();
            }
        }
        finally
        {
            File.Delete(folder.At(temporary));
        }
    }

    public void Dispose() => Array.ForEach(_turns, turn => turn.Dispose());

    private static void Fill(ExecutionOutput output, string path, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Mode;
        }

        using var source = output.OpenRead();
        using var target = new FileStream(path, options);
        var buffer = GC.AllocateUninitializedArray<byte>((int)Math.Clamp(output.Length, 1, BufferBytes));
        while (source.Read(buffer) is > 0 and var count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            target.Write(buffer.AsSpan(0, count));
        }

        target.Flush(flushToDisk: true);
    }

    /// <summary>Deletes what a host that died in the middle of a write left behind; once for each folder.</summary>
    private void Sweep(Folder folder)
    {
        if (_swept.Count > MaxSweptFolders)
        {
            _swept.Clear();
        }

        if (!_swept.TryAdd(folder.Path, true))
        {
            return;
        }

        var old = time.GetUtcNow() - TemporaryAge;
        foreach (var entry in folder.Entries().Where(e => e.Name.StartsWith(TemporaryPrefix, StringComparison.Ordinal) && e.LastWriteTimeUtc < old))
        {
            File.Delete(folder.At(entry.Name));
        }
    }
}
