namespace Dkron.Host.Records;

/// <summary>Says where output files go that no record names: from before records may be found to be lacking until all files have been looked at.</summary>
/// <remarks>On disk, as an agent may end in between: the next one would find the database in order, and take the files for rubbish.</remarks>
internal static class OrphanMark
{
    /// <summary>Where they go; null when no records can be lacking that would name them.</summary>
    public static string? Read(DataPaths paths)
    {
        if (!File.Exists(paths.Orphans))
        {
            return null;
        }

        var name = File.ReadAllText(paths.Orphans);
        var prefix = Path.GetFileName(paths.Outputs) + ".";
        // Of a mark that was cut off it is certain all the same that they are to be kept.
        return name.StartsWith(prefix, StringComparison.Ordinal) && name == Path.GetFileName(name) ? Path.Combine(paths.Root, name) : paths.Outputs + ".damaged";
    }

    /// <summary>Leaves word that they are to be kept, beside those of an earlier loss if that is not done with; it is on disk when this returns.</summary>
    public static void Write(DataPaths paths, string suffix)
    {
        if (File.Exists(paths.Orphans))
        {
            return;
        }

        File.WriteAllText(paths.Orphans, Path.GetFileName(paths.Outputs) + suffix);
        NativeFiles.SyncFile(paths.Orphans);
        NativeFiles.SyncFolder(paths.Root);
    }

    /// <summary>All files have been looked at.</summary>
    public static void Delete(DataPaths paths, string orphansTo)
    {
        if (Directory.Exists(orphansTo))
        {
            NativeFiles.SyncFolder(orphansTo);
            NativeFiles.SyncFolder(paths.Root);
        }

        File.Delete(paths.Orphans);
    }
}
