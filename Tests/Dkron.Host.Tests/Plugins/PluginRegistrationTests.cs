using Dkron.Host.Plugins;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Tests.Plugins;

public sealed class PluginRegistrationTests
{
    [Fact]
    public async Task The_folders_of_the_settings_are_searched()
    {
        await using var bench = new PluginWorkbench();
        bench.AddGood("configured");
        await using var provider = Compose(bench, bench.Folder);

        var registry = provider.GetRequiredService<PluginRegistry>();
        await registry.LoadAllAsync(TestContext.Current.CancellationToken);

        (await bench.CallAsync("configured", registry)).Should().Be("good");
    }

    [Fact]
    public async Task A_relative_folder_stops_the_start()
    {
        await using var bench = new PluginWorkbench();
        await using var provider = Compose(bench, "plugins");

        var resolving = provider.GetRequiredService<PluginRegistry>;

        resolving.Should().Throw<OptionsValidationException>().WithMessage("Dkron:Plugins:Folders: 'plugins' is not an absolute path");
    }

    private static ServiceProvider Compose(PluginWorkbench bench, string folder) => new ServiceCollection()
        .AddSingleton<ILoggerFactory>(bench.Log)
        .AddSingleton(TimeProvider.System)
        .AddPlugins(new ConfigurationBuilder().AddInMemoryCollection([new("Folders:0", folder)]).Build(), Path.Combine(bench.Data, "configured"))
        .BuildServiceProvider();
}
