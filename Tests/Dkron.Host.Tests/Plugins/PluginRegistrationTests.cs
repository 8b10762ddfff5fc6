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

    [Theory]
    [InlineData("SettleTime", "00:00:00.001", "*SettleTime*between 00:00:00.0500000 and 00:01:00*")]
    [InlineData("PollInterval", "02:00:00", "*PollInterval*")]
    [InlineData("HashInterval", "00:00:00", "*HashInterval*")]
    [InlineData("RemovalGrace", "2.00:00:00", "*RemovalGrace*")]
    [InlineData("Limits:mail:MaxConcurrency", "0", "Dkron:Plugins:Limits:mail:MaxConcurrency: 0 is not a number from 1 to 4096")]
    [InlineData("Allow:mail", "1234", "Dkron:Plugins:Allow:mail: '1234' is not a SHA-256 of 64 hexadecimal digits, as dkron plugins hash DIR prints it")]
    public async Task A_value_out_of_its_range_stops_the_start(string key, string value, string message)
    {
        await using var bench = new PluginWorkbench();
        await using var provider = Compose(bench, bench.Folder, KeyValuePair.Create(key, (string?)value));

        var resolving = provider.GetRequiredService<PluginRegistry>;

        resolving.Should().Throw<OptionsValidationException>().WithMessage(message);
    }

    [Fact]
    public async Task Words_of_the_settings_are_read_as_the_documentation_writes_them()
    {
        await using var bench = new PluginWorkbench();
        await using var provider = Compose(bench, bench.Folder, KeyValuePair.Create("Unload", (string?)"off"), KeyValuePair.Create("PermissionCheck", (string?)"enforce"), KeyValuePair.Create("Limits:mail:MaxConcurrency", (string?)"2"));

        var options = provider.GetRequiredService<IOptions<PluginOptions>>().Value;

        (options.Unload, options.PermissionCheck, options.Limits["mail"].MaxConcurrency).Should().Be((Unloading.Off, PermissionCheck.Enforce, 2));
    }

    private static ServiceProvider Compose(PluginWorkbench bench, string folder, params KeyValuePair<string, string?>[] others) => new ServiceCollection()
        .AddSingleton<ILoggerFactory>(bench.Log)
        .AddSingleton(TimeProvider.System)
        .AddPlugins(new ConfigurationBuilder().AddInMemoryCollection([new("Folders:0", folder), .. others]).Build(), Path.Combine(bench.Data, "configured"))
        .BuildServiceProvider();
}
