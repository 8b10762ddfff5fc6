namespace Dkron.Host.Plugins;

/// <summary>Keeps the private copies of plugins in <c>plugins/NAME/HASH</c> below the data directory.</summary>
/// <remarks>One host at a time owns a data directory. Different plugins may be copied at the same time.</remarks>
internal sealed class SnapshotStore(string dataDirectory, TimeProvider time)
{
    private const int Attempts = 5;
    private const string LastGoodFile = "last-good";
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(200);

    private readonly string _root = Path.Combine(dataDirectory, "plugins");

    private string Staging => Path.Combine(_root, ".staging");

    /// <summary>Makes the store ready, and removes what an earlier run left half written.</summary>
    public void Open()
    {
        PrivateFolder.Remove(Staging);
        PrivateFolder.Create(Staging);
    }

    /// <summary>Copies a plugin, and looks at the source again afterwards: a copy of something in motion is thrown away.</summary>
    /// <exception cref="PluginRefusedException">It cannot be copied, or does not stand still.</exception>
    public async Task<PluginSnapshot> TakeAsync(PluginSource source, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (TryTake(source) is { } snapshot)
                {
                    return snapshot;
                }
            }
            catch (UnauthorizedAccessException e)
            {
                throw new PluginRefusedException($"it cannot be copied from {source.Location}: {e.Message} Make it readable for the user that dkron runs as", e);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && attempt < Attempts)
            {
                // Somebody is changing it.
            }
            catch (IOException e)
            {
                throw new PluginRefusedException($"it cannot be copied from {source.Location} to {_root}: {e.Message}", e);
            }

            if (attempt == Attempts)
            {
                throw new PluginRefusedException($"it kept changing while it was copied from {source.Location}; write a new version beside it and rename it into place");
            }

            await Task.Delay(BetweenAttempts, time, cancellationToken);
        }
    }

    /// <summary>Remembers that a snapshot was loaded and worked.</summary>
    public void MarkGood(PluginSnapshot snapshot, string version)
    {
        var file = Path.Combine(FolderOf(snapshot.Name), LastGoodFile);
        File.WriteAllLines(file + ".new", [snapshot.Hash, version]);
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>The names of all processors that this data directory has ever seen, with the last version that worked; empty when none did.</summary>
    public IReadOnlyDictionary<string, string> KnownVersions() => !Directory.Exists(_root)
        ? new Dictionary<string, string>()
        : Directory.EnumerateDirectories(_root)
            .Where(folder => PluginName.TryParse($"dkron-{PluginType.Processor.Name}-{Path.GetFileName(folder)}", out _, out _))
            .ToDictionary(folder => Path.GetFileName(folder), folder => LastGood(folder)?.Version ?? "", StringComparer.Ordinal);

    /// <summary>Removes the snapshots that are neither in use nor the last good one of their plugin.</summary>
    public void Prune(IReadOnlySet<string> foldersInUse)
    {
        foreach (var plugin in Directory.EnumerateDirectories(_root).Where(folder => folder != Staging))
        {
            var lastGood = LastGood(plugin)?.Hash;
            foreach (var snapshot in Directory.EnumerateDirectories(plugin).Where(folder => !foldersInUse.Contains(folder) && Path.GetFileName(folder) != lastGood))
            {
                Discard(snapshot);
            }
        }
    }

    private static (string Hash, string Version)? LastGood(string folder)
    {
        var file = Path.Combine(folder, LastGoodFile);
        return File.Exists(file) && File.ReadAllLines(file) is [var hash, var version, ..] ? (hash, version) : null;
    }

    private PluginSnapshot? TryTake(PluginSource source)
    {
        var staged = Path.Combine(Staging, Guid.NewGuid().ToString("N"));
        PrivateFolder.Create(staged);
        try
        {
            var before = PluginTree.List(source);
            var hash = TreeHash.Copy(before, staged);
            return before.SequenceEqual(PluginTree.List(source)) ? Publish(source.Name, hash, staged) : null;
        }
        finally
        {
            if (Directory.Exists(staged))
            {
                PrivateFolder.Remove(staged);
            }
        }
    }

    private PluginSnapshot Publish(PluginName name, string hash, string staged)
    {
        var target = Path.Combine(FolderOf(name), hash);
        PrivateFolder.Create(FolderOf(name));
        if (Directory.Exists(target))
        {
            if (IsIntact(name, target, hash))
            {
                return new PluginSnapshot(name, hash, target);
            }

            Discard(target);
        }

        Directory.Move(staged, target);
        return new PluginSnapshot(name, hash, target);
    }

    private static bool IsIntact(PluginName name, string folder, string hash)
    {
        try
        {
            return TreeHash.Of(new PluginSource { Name = name, Folder = folder }) == hash;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PluginRefusedException)
        {
            return false;
        }
    }

    // Renamed first: a snapshot that is there under its hash is always whole.
    private void Discard(string snapshot)
    {
        var doomed = Path.Combine(Staging, Guid.NewGuid().ToString("N"));
        Directory.Move(snapshot, doomed);
        PrivateFolder.Remove(doomed);
    }

    private string FolderOf(PluginName name) => Path.Combine(_root, name.Name);
}
