namespace Dkron.Host.Tests.Runs;

/// <summary>The settings and the data of a host.</summary>
internal sealed class RunsFolder : IDisposable
{
    private readonly List<string> _folders = [Directory.CreateTempSubdirectory("dkron-runs-").FullName];

    public string Path => _folders[^1];

    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Goes on with a copy of what is on disk now, as a host does that comes after one that was killed.</summary>
    public void Kill()
    {
        var (from, to) = (Path, Directory.CreateTempSubdirectory("dkron-runs-").FullName);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal) && System.IO.Path.GetFileName(file) != "agent.lock"))
        {
            var copy = System.IO.Path.Combine(to, System.IO.Path.GetRelativePath(from, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        _folders.Add(to);
    }

    public void Dispose() => _folders.ForEach(folder => Directory.Delete(folder, recursive: true));
}
