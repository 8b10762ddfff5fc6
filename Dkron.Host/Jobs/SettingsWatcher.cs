using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Jobs;

/// <summary>Notices that settings files have changed, and gives their contents once they stay the same for a moment.</summary>
/// <remarks>
/// Events of the file system are only hints to look soon: a swapped symbolic link, a folder made anew or a network disk gives none, so it
/// looks every second as well. What counts is the contents.
/// </remarks>
internal sealed class SettingsWatcher : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250);

    private readonly SettingsReader _reader;
    private readonly TimeProvider _time;
    private readonly Channel<bool> _hints = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly List<string> _unwatched = [];
    private readonly SettingsStamp _stamp = new();

    public SettingsWatcher(SettingsReader reader, TimeProvider time)
    {
        _reader = reader;
        _time = time;
        foreach (var folder in reader.Files.Select(file => Path.GetDirectoryName(file.Path) ?? "/").Distinct(StringComparer.Ordinal))
        {
            Watch(folder);
        }
    }

    /// <summary>Folders that give no events, with the reason; their files are noticed all the same, a little later.</summary>
    public IReadOnlyList<string> Unwatched => _unwatched;

    /// <summary>The contents whenever they differ from those before.</summary>
    /// <param name="mark">The mark of the contents that are known already.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<SettingsContent> ChangesAsync(string mark, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            await HintAsync(cancellationToken);
            if (!_stamp.MayHaveChanged(_reader.Files))
            {
                continue;
            }

            var content = _reader.ReadContent();
            _stamp.Note(content);
            if (content.Mark == mark)
            {
                continue;
            }

            content = await SettleAsync(content, cancellationToken);
            _stamp.Note(content);
            if (content.Mark != mark)
            {
                mark = content.Mark;
                yield return content;
            }
        }
    }

    public void Dispose() => _watchers.ForEach(watcher => watcher.Dispose());

    private async Task<SettingsContent> SettleAsync(SettingsContent content, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Quiet, _time, cancellationToken);
            var again = _reader.ReadContent();
            if (again.Mark == content.Mark)
            {
                return again;
            }

            content = again;
        }
    }

    private async Task HintAsync(CancellationToken cancellationToken)
    {
        using var enough = new CancellationTokenSource(LookEvery, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellationToken);
        try
        {
            await _hints.Reader.ReadAsync(either.Token);

            // Events come in swarms, and in a busy folder most are about other files.
            await Task.Delay(Pause, _time, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // No event came: time to look anyway.
        }
    }

    private void Watch(string folder)
    {
        try
        {
            var watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size };
            watcher.Changed += (_, _) => _hints.Writer.TryWrite(true);
            watcher.Created += (_, _) => _hints.Writer.TryWrite(true);
            watcher.Deleted += (_, _) => _hints.Writer.TryWrite(true);
            watcher.Renamed += (_, _) => _hints.Writer.TryWrite(true);
            watcher.Error += (_, _) => _hints.Writer.TryWrite(true);
            watcher.EnableRaisingEvents = true;
            _watchers.Add(watcher);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // There are only so many watches on a system, 128 for one user by default.
            _unwatched.Add($"{folder}: {e.Message}");
        }
    }
}
