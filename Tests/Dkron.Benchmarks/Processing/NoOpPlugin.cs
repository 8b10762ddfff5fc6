using Dkron.Host.Plugins;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dkron.Benchmarks.Processing;

/// <summary>A registry with the plugin <c>noop</c>, which does nothing, loaded from a folder that goes away with it.</summary>
internal sealed class NoOpPlugin : IAsyncDisposable
{
    private readonly string _folder;

    private NoOpPlugin(string folder, PluginRegistry registry) => (_folder, Registry) = (folder, registry);

    public PluginRegistry Registry { get; }

    public static async Task<NoOpPlugin> LoadAsync()
    {
        var folder = Directory.CreateTempSubdirectory("dkron-bench-").FullName;
        var from = Path.Combine(folder, "from");
        var plugin = Directory.CreateDirectory(Path.Combine(from, "dkron-processor-noop")).FullName;
        foreach (var file in Directory.GetFiles(Paths.Of("NoOpPluginFolder")))
        {
            File.Copy(file, Path.Combine(plugin, Path.GetFileName(file)));
        }

        var registry = new PluginRegistry([from], folder, NullLoggerFactory.Instance, TimeProvider.System);
        await registry.LoadAllAsync(CancellationToken.None);
        return new NoOpPlugin(folder, registry);
    }

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
