using Dkron.Host.Plugins;

namespace Dkron.Host.Authoring;

/// <summary>A plugin folder that holds one plugin only: a link to where it lies.</summary>
internal sealed class PluginStage
{
    private readonly PluginSource _source;
    private readonly string _place;

    public PluginStage(PluginSource source, string folder)
    {
        (_source, Folder) = (source, folder);
        _place = Path.Combine(folder, source.Name.AssemblyName);
        if (source.IsDropIn)
        {
            // No plugin may be made of links to files; so these are copies, with the modes of the files.
            foreach (var file in source.DropInFiles.Where(file => File.Exists(Path.Combine(source.Folder, file))))
            {
                File.Copy(Path.Combine(source.Folder, file), Path.Combine(folder, file));
            }
        }
        else
        {
            Directory.CreateSymbolicLink(_place, source.Folder);
        }
    }

    public string Folder { get; }

    /// <summary>A text that names the place in this folder, naming where the plugin really lies.</summary>
    public string InWordsOfTheSource(string text) => text
        .Replace(_place + ".dll", _source.Location, StringComparison.Ordinal)
        .Replace(_place, _source.Folder, StringComparison.Ordinal);

    /// <summary>Takes the plugin away; where it really lies nothing changes.</summary>
    public void Clear()
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(Folder).ToList())
        {
            // A link to a folder is removed as a link.
            if (File.GetAttributes(entry).HasFlag(FileAttributes.Directory))
            {
                Directory.Delete(entry);
            }
            else
            {
                File.Delete(entry);
            }
        }
    }
}
