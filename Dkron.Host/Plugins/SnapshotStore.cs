namespace Dkron.Host.Plugins;

/// <summary>Keeps the private copies of plugins in <c>plugins/NAME/HASH</c> below the data directory.</summary>
/// <remarks>One host at a time owns a data directory. Different plugins may be copied at the same time.</remarks>
internal sealed class SnapshotStore(string dataDirectory, TimeProvider time)
{
    private const int Attempts = 5;
    private const string LastGoodFile = "last-good";
    private const string PreviousFile = "previous-good";
    private const string RolledBackFile = "rolled-back";
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(200);

    private readonly string _root = Path.Combine(dataDirectory, "plugins");

    /// <summary>Whether the files of a snapshot may still be read by a plugin that runs; the snapshot is not touched then.</summary>
    public Func<string, bool> IsInUse { get; init; } = static _ => false;

    private string Staging => Path.Combine(_root, ".staging");

    /// <summary>Makes the store ready, and removes what an earlier run left half written.</summary>
    public void Open()
    {
        PrivateFolder.Create(_root);
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
                throw new PluginRefusedException($"it cannot be copied from {source.Location}: {e.Message} Make it readable for the user that dkron runs as", e) { MayPass = true };
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && attempt < Attempts)
            {
                // Somebody is changing it.
            }
            catch (IOException e)
            {
                throw new PluginRefusedException($"it cannot be copied from {source.Location} to {_root}: {e.Message}", e) { MayPass = true };
            }

            if (attempt == Attempts)
            {
                throw new PluginRefusedException($"it kept changing while it was copied from {source.Location}; write a new version beside it and rename it into place") { MayPass = true };
            }

            await Task.Delay(BetweenAttempts, time, cancellationToken);
        }
    }

    /// <summary>Remembers that a snapshot was loaded and worked.</summary>
    public void MarkGood(PluginSnapshot snapshot, string version)
    {
        var folder = FolderOf(snapshot.Name);
        if (Read(folder, LastGoodFile) is { } last)
        {
            if (last.Hash == snapshot.Hash)
            {
                return;
            }

            Write(folder, PreviousFile, last.Hash, last.Note);
        }

        Write(folder, LastGoodFile, snapshot.Hash, version);
    }

    /// <summary>The build that worked last, and its version; null when none did.</summary>
    public (string Hash, string Version)? LastGood(PluginName name) => Read(FolderOf(name), LastGoodFile);

    /// <summary>The build that worked before that, and its version; null when none did.</summary>
    public (string Hash, string Version)? PreviousGood(PluginName name) => Read(FolderOf(name), PreviousFile);

    /// <summary>To what build the operator went back, and which one lay in the folder then; null when that is not so.</summary>
    public (string Hash, string From)? RolledBack(PluginName name) => Read(FolderOf(name), RolledBackFile);

    /// <summary>Remembers that the operator went back, or no longer.</summary>
    public void RollBack(PluginName name, (string Hash, string From)? to)
    {
        if (to is { } known)
        {
            Write(FolderOf(name), RolledBackFile, known.Hash, known.From);
        }
        else
        {
            File.Delete(Path.Combine(FolderOf(name), RolledBackFile));
        }
    }

    /// <summary>A snapshot that was taken once; null when it is not there any more, or not whole.</summary>
    public PluginSnapshot? Find(PluginName name, string hash) => Path.Combine(FolderOf(name), hash) is var folder && Directory.Exists(folder) && IsIntact(name, folder, hash)
        ? new PluginSnapshot(name, hash, folder)
        : null;

    /// <summary>The names of all processors that this data directory has ever seen, with the last version that worked; empty when none did.</summary>
    public IReadOnlyDictionary<string, string> KnownVersions() => !Directory.Exists(_root)
        ? new Dictionary<string, string>()
        : Directory.EnumerateDirectories(_root)
            .Where(folder => PluginName.TryParse($"dkron-{PluginType.Processor.Name}-{Path.GetFileName(folder)}", out _, out _))
            .ToDictionary(folder => Path.GetFileName(folder), folder => Read(folder, LastGoodFile)?.Note ?? "", StringComparer.Ordinal);

    /// <summary>Removes the snapshots that are neither in use nor one that may be gone back to.</summary>
    public void Prune()
    {
        foreach (var plugin in Directory.EnumerateDirectories(_root).Where(folder => folder != Staging))
        {
            PruneFolder(plugin);
        }
    }

    /// <summary>The same for one plugin.</summary>
    public void Prune(PluginName name)
    {
        if (Directory.Exists(FolderOf(name)))
        {
            PruneFolder(FolderOf(name));
        }
    }

    private void PruneFolder(string plugin)
    {
        string?[] kept = [Read(plugin, LastGoodFile)?.Hash, Read(plugin, PreviousFile)?.Hash, Read(plugin, RolledBackFile)?.Hash];
        foreach (var snapshot in Directory.EnumerateDirectories(plugin).Where(folder => !IsInUse(folder) && !kept.Contains(Path.GetFileName(folder))))
        {
            Discard(snapshot);
        }
    }

    private static (string Hash, string Note)? Read(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        return File.Exists(path) && File.ReadAllLines(path) is [var hash, var note, ..] ? (hash, note) : null;
    }

    private static void Write(string folder, string file, string hash, string note)
    {
        var path = Path.Combine(folder, file);
        File.WriteAllLines(path + ".new", [hash, note]);
        File.Move(path + ".new", path, overwrite: true);
    }

    private PluginSnapshot? TryTake(PluginSource source)
    {
        // Named by the plugin, so that the same failure gives the same message each time.
        var staged = Path.Combine(Staging, source.Name.AssemblyName);
        PrivateFolder.Remove(staged);
        PrivateFolder.Create(staged);
        try
        {
            var before = PluginTree.List(source);
            var hash = TreeHash.Copy(before, staged);
            return before.SequenceEqual(PluginTree.List(source)) ? Publish(source.Name, hash, staged) with { Files = before } : null;
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

            if (IsInUse(target))
            {
                // A plugin wrote into its own folder. What it still has to load from there must stay, so the whole copy goes beside it.
                target = $"{target}-{Guid.NewGuid():N}";
            }
            else
            {
                Discard(target);
            }
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
