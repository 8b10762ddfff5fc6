using Dkron.Host.Authoring;
using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Authoring;

public sealed class OptionTableTests
{
    public static TheoryData<string> BuiltIn => [.. BuiltPlugins.Folders.Select(folder => Path.GetFileName(folder))];

    [Theory]
    [MemberData(nameof(BuiltIn))]
    public async Task The_page_of_each_plugin_has_the_table_that_its_options_give(string plugin)
    {
        var page = Path.Combine(BuiltPlugins.Repository, "Plugins", plugin, "README.md");
        var check = await new PluginCheck(new PluginOptions { PermissionCheck = PermissionCheck.Off }, TimeProvider.System).RunAsync(BuiltPlugins.Folders.Single(folder => Path.GetFileName(folder) == plugin), TestContext.Current.CancellationToken);
        check.Error.Should().BeNull();

        var expected = OptionTable.Of(check.Options!).ToList();
        var actual = (await File.ReadAllLinesAsync(page, TestContext.Current.CancellationToken)).SkipWhile(line => line != expected[0]).TakeWhile(line => line.StartsWith('|')).ToList();

        var received = Path.Combine(AppContext.BaseDirectory, plugin + ".README.received.md");
        await File.WriteAllLinesAsync(received, expected, TestContext.Current.CancellationToken);
        actual.Should().Equal(expected, $"the table of {page} is made from the options; copy it from {received}, or from 'dkron plugins describe {plugin} --markdown'");
    }
}
