using System.Text.RegularExpressions;

namespace Dkron.Processors.Files;

/// <summary>How many of a job's files are kept on a node, for how long and of what total size.</summary>
internal sealed record Retention(long MaxFiles, TimeSpan MaxAge, long MaxBytes)
{
    public bool IsUnlimited => this is { MaxFiles: long.MaxValue, MaxBytes: long.MaxValue } && MaxAge == TimeSpan.MaxValue;

    /// <summary>Deletes the job's oldest files beyond these limits, never the one just written nor any that is newer.</summary>
    /// <returns>What could not be deleted, as whole sentences.</returns>
    public IReadOnlyList<string> Enforce(Folder root, IReadOnlyList<Regex> shapes, string writtenPath, DateTimeOffset now)
    {
        var problems = new List<string>();
        var files = new List<KeptFile>();
        Collect(root, shapes, files, problems);
        files.Sort((a, b) => (b.WrittenAt, b.Path).CompareTo((a.WrittenAt, a.Path)));
        var written = files.FindIndex(file => file.Path == writtenPath);

        var (count, bytes) = (0L, 0L);
        for (var i = 0; i < files.Count; i++)
        {
            count++;
            bytes += files[i].Bytes;
            // A newer file was written by a call that is just ending elsewhere: if each deleted the other's, both were lost.
            if (written >= 0 && i > written && (count > MaxFiles || bytes > MaxBytes || now - files[i].WrittenAt > MaxAge))
            {
                Delete(root, files[i], problems);
            }
        }

        return problems;
    }

    private static void Collect(Folder folder, IReadOnlyList<Regex> shapes, List<KeptFile> files, List<string> problems, params IReadOnlyList<string> above)
    {
        try
        {
            foreach (var entry in folder.Entries().Where(entry => shapes[above.Count].IsMatch(entry.Name)))
            {
                IReadOnlyList<string> names = [.. above, entry.Name];
                if (names.Count == shapes.Count)
                {
                    if (entry is FileInfo file && !file.Attributes.HasFlag(FileAttributes.ReparsePoint))
                    {
                        files.Add(new KeptFile(names, Path.Combine(folder.Path, entry.Name), file.Length, file.LastWriteTimeUtc));
                    }
                }
                else
                {
                    folder.UseIfFolder(entry.Name, below => Collect(below, shapes, files, problems, names));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(FileProblem.Of(e).Explain("look for old files in", folder.Path));
        }
    }

    private static void Delete(Folder root, KeptFile file, List<string> problems)
    {
        try
        {
            using var below = root.EnterAll(file.Names.SkipLast(1));
            File.Delete((below ?? root).At(file.Names[^1]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(FileProblem.Of(e).Explain("delete the old file", file.Path));
        }
    }

    private sealed record KeptFile(IReadOnlyList<string> Names, string Path, long Bytes, DateTimeOffset WrittenAt);
}
