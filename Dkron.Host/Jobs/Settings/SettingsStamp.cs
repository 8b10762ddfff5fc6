using Dkron.Host.Plugins;

namespace Dkron.Host.Jobs.Settings;

/// <summary>Spares reading large settings files again and again that nobody has touched.</summary>
internal sealed class SettingsStamp
{
    private const long AlwaysReadBelowBytes = 1024 * 1024;

    private List<FileIdentity?>? _seen;

    /// <summary>Whether the files may hold something else than at the last call. Always so when they are small.</summary>
    public bool MayHaveChanged(IReadOnlyList<SettingsFile> files)
    {
        var before = _seen;
        _seen = [.. files.Select(file => Look(file.Path))];
        return before is null || !before.SequenceEqual(_seen) || _seen.Sum(file => file?.Size ?? 0) < AlwaysReadBelowBytes;
    }

    /// <summary>Takes note of what was read then: what kept a file from being read may pass without anybody touching it.</summary>
    public void Note(SettingsContent content)
    {
        if (content.Files.Any(file => file.Error is not null))
        {
            _seen = null;
        }
    }

    private static FileIdentity? Look(string path)
    {
        try
        {
            return FileIdentity.Of(path);
        }
        catch (IOException)
        {
            // Its links lead in a circle, or the like: reading it says what is wrong.
            return null;
        }
    }
}
