using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dkron.Host;

/// <summary>The plugins as an agent would find them, loaded from copies in a folder that vanishes, since the data directory may be a running agent's.</summary>
internal sealed class BorrowedPlugins : IAsyncDisposable
{
    private readonly string _folder;

    private BorrowedPlugins(string folder, PluginRegistry registry)
    {
        _folder = folder;
        Registry = registry;
    }

    public PluginRegistry Registry { get; }

    /// <param name="settings">Null when they cannot be used: then only the standard folders are searched.</param>
    public static async Task<BorrowedPlugins> LoadAsync(HostSettings? settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("dkron-").FullName;
        var options = settings?.Configuration.GetSection(PluginOptions.Section).Get<PluginOptions>() ?? new PluginOptions();
#pragma warning disable CA2000 // Disposed with the object that gets it.
        var plugins = new BorrowedPlugins(folder, new PluginRegistry(PluginFolders.Standard(options.Folders), folder, NullLoggerFactory.Instance, time, options: options)
        {
            AlsoKnown = settings is null ? new Dictionary<string, string>() : new SnapshotStore(settings.DataDirectory, time).KnownVersions(),
        });
#pragma warning restore CA2000
        try
        {
            await plugins.Registry.LoadAllAsync(cancellationToken);
            return plugins;
        }
        catch
        {
            await plugins.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync();
        PrivateFolder.Remove(_folder);
    }
}
