using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

public sealed class PluginDiscoveryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dkron-discovery-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Stray_files_and_missing_folders_are_no_failure()
    {
        File.WriteAllText(Path.Combine(_folder, "dkron-processor-notes.md"), "");
        File.WriteAllText(Path.Combine(_folder, "dkron.dll"), "");
        Directory.CreateDirectory(Path.Combine(_folder, "dkron-data"));
        var missing = Path.Combine(_folder, "missing");

        var found = PluginDiscovery.Find([missing, _folder]);

        found.Sources.Should().BeEmpty();
        found.Problems.Should().BeEmpty();
        found.Missing.Should().Equal(missing);
    }

    [Fact]
    public void A_name_that_no_plugin_can_have_is_reported()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "dkron-processor-Upper"));

        var found = PluginDiscovery.Find([_folder]);

        found.Problems.Should().ContainSingle().Which.Should().StartWith($"{_folder}/dkron-processor-Upper: 'Upper' is no name for a plugin");
    }

    [Fact]
    public void A_folder_that_is_a_file_is_reported()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        var found = PluginDiscovery.Find([file]);

        found.Problems.Should().ContainSingle().Which.Should().StartWith($"{file}: cannot be searched for plugins");
        found.Unreadable.Should().Equal(file);
    }

    [Fact]
    public void A_folder_wins_over_a_dll_of_the_same_name_beside_it()
    {
        var plugin = Directory.CreateDirectory(Path.Combine(_folder, "dkron-processor-a")).FullName;
        File.WriteAllText(Path.Combine(_folder, "dkron-processor-a.dll"), "");

        var found = PluginDiscovery.Find([_folder]);

        var source = found.Sources.Should().ContainSingle().Subject;
        source.Location.Should().Be(plugin);
        source.Shadowed.Should().Equal(Path.Combine(_folder, "dkron-processor-a.dll"));
    }

    [Fact]
    public void Configured_folders_come_after_the_standard_ones()
    {
        var folders = PluginFolders.Standard(["/srv/plugins/", "/srv/plugins"]);

        var beside = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        folders.Should().Equal(beside, Path.Combine(beside, "plugins"), "/etc/dkron/plugins", "/srv/plugins");
    }

    [Fact]
    public void A_relative_folder_in_the_settings_is_refused()
    {
        var result = new PluginOptionsValidator().Validate(null, new PluginOptions { Folders = ["/srv", "plugins"] });

        result.FailureMessage.Should().Be("Dkron:Plugins:Folders: 'plugins' is not an absolute path");
    }
}
