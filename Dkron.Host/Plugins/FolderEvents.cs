namespace Dkron.Host.Plugins;

/// <summary>Signs of change in one plugin folder, from one recursive watcher. A folder that goes and comes back is found again by <see cref="Renew"/>.</summary>
internal sealed class FolderEvents(string folder, Action<string?> onSign) : IDisposable
{
    private FileSystemWatcher? _watcher;
    private FileIdentity? _watched;
    private volatile bool _isBroken;

    /// <summary>Why no signs come though the folder is there; null when they do or it is not.</summary>
    public string? Problem { get; private set; }

    /// <summary>Watches the folder as it is now, if it is another than before.</summary>
    public void Renew()
    {
        var now = Identify();

        // By its birth too: a folder made anew often gets the inode of the one that was removed, and the watcher of that one is dead.
        if (!_isBroken && (_watched?.Device, _watched?.Inode, _watched?.BornAt) == (now?.Device, now?.Inode, now?.BornAt) && (_watcher is not null || now is null))
        {
            return;
        }

        _watcher?.Dispose();
        _watcher = null;
        _watched = now;
        _isBroken = false;
        if (now is { IsFolder: true })
        {
            Start();
            onSign(null);
        }
    }

    /// <summary>Notes that something changed of which no sign came: the folder is watched anew at the next <see cref="Renew"/>, since the watcher of .NET can go dead without an error.</summary>
    public void Distrust() => _isBroken = true;

    public void Dispose() => _watcher?.Dispose();

    private FileIdentity? Identify()
    {
        try
        {
            return FileIdentity.Of(folder);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Start()
    {
        try
        {
            _watcher = new FileSystemWatcher(FileIdentity.RealPath(folder) ?? folder)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.Attributes | NotifyFilters.CreationTime | NotifyFilters.Security,
            };
            Listen(_watcher);
            _watcher.EnableRaisingEvents = true;
            Problem = null;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // There are only so many watchers on a system, 128 for one user by default.
            _watcher?.Dispose();
            _watcher = null;
            Problem = e.Message;
        }
    }

    private void Listen(FileSystemWatcher watcher)
    {
        watcher.Changed += (_, e) => onSign(e.Name ?? "");
        watcher.Created += (_, e) => onSign(e.Name ?? "");
        watcher.Deleted += (_, e) => onSign(e.Name ?? "");
        watcher.Renamed += (_, e) =>
        {
            onSign(e.OldName ?? "");
            onSign(e.Name ?? "");
        };
        watcher.Error += (_, _) =>
        {
            _isBroken = true;
            onSign(null);
        };
    }
}
