using Dkron.Host.Cli;
using Dkron.Host.Jobs;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Tests.Jobs;

public sealed class SettingsFilesTests : IDisposable
{
    private readonly SettingsFolder _folder = new();
    private readonly SettingsPlaces _places;

    public SettingsFilesTests()
    {
        _places = new SettingsPlaces { WorkingFolder = _folder.At("work"), ExecutableFolder = _folder.At("bin"), DevelopmentFolder = _folder.At("project"), EnvironmentName = "Staging" };
        foreach (var name in new[] { "work", "bin", "project" })
        {
            Directory.CreateDirectory(_folder.At(name));
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("work", "work", "bin", "project")]
    [InlineData("bin", "bin", "project")]
    [InlineData("project", "project")]
    public void The_first_folder_with_settings_is_used(string used, params string[] folders)
    {
        folders.ToList().ForEach(folder => File.WriteAllText(_folder.At($"{folder}/appsettings.json"), "{}"));

        var files = SettingsFiles.Locate([], _places);

        files.Should().Equal(new SettingsFile(_folder.At($"{used}/appsettings.json"), Optional: false), new SettingsFile(_folder.At($"{used}/appsettings.Staging.json"), Optional: true));
    }

    [Fact]
    public void Named_files_take_the_place_of_all_others_in_their_order()
    {
        File.WriteAllText(_folder.At("work/appsettings.json"), "{}");
        File.WriteAllText(_folder.At("work/b.json"), "{}");
        File.WriteAllText(_folder.At("a.json"), "{}");

        var files = SettingsFiles.Locate(["b.json", _folder.At("a.json")], _places);

        files.Select(file => file.Path).Should().Equal(_folder.At("work/b.json"), _folder.At("a.json"));
    }

    [Fact]
    public void A_named_file_that_does_not_exist_is_told_with_its_whole_path()
    {
        var locate = () => SettingsFiles.Locate(["missing.json"], _places);

        locate.Should().Throw<JobConfigException>().Which.Problems.Single().ToString().Should().Be($"{_folder.At("work/missing.json")}: does not exist");
    }

    [Fact]
    public void A_file_that_may_be_absent_is_laid_over_the_other_once_it_is_there()
    {
        _folder.Write("""{ "Jobs": { "a": { "command": "x", "schedule": "@daily" } } }""", "work/appsettings.json");
        var reader = new SettingsReader(SettingsFiles.Locate([], _places), [], _folder.Variables, [], _folder.Root);
        var before = reader.ReadContent();

        _folder.Write("""{ "Jobs": { "a": { "owner": "ops" } } }""", "work/appsettings.Staging.json");
        var result = SettingsCheck.Run(reader, SettingsFolder.NoProcessors);

        reader.ReadContent().Mark.Should().NotBe(before.Mark);
        result.Jobs!.ByName["a"].Info.Owner.Should().Be("ops");
    }

    [Fact]
    public void A_file_that_may_be_absent_must_stay_once_it_was_read()
    {
        _folder.Write("{}", "work/appsettings.json").Write("{}", "work/appsettings.Staging.json");
        var reader = new SettingsReader(SettingsFiles.Locate([], _places), [], _folder.Variables, [], _folder.Root);
        reader.RequireFilesOf(reader.ReadContent());

        File.Delete(_folder.At("work/appsettings.Staging.json"));
        var result = SettingsCheck.Run(reader, SettingsFolder.NoProcessors);

        result.Problems.Should().ContainSingle().Which.Message.Should().Be("does not exist");
    }

    [Fact]
    public void When_there_is_none_the_places_are_told()
    {
        var locate = () => SettingsFiles.Locate([], _places);

        locate.Should().Throw<JobConfigException>().WithMessage($"*{_folder.At("work")}, {_folder.At("bin")}, {_folder.At("project")}*--config*");
    }

    [Theory]
    [InlineData("appsettings.json")]
    [InlineData("named.json", "named.json")]
    public void The_agent_starts_from_the_last_good_settings_when_its_file_is_gone_and_takes_the_file_up_when_it_is_back(string file, params string[] configured)
    {
        var arguments = new SettingsArguments(configured, []);
        _folder.Write("""{ "Dkron": { "NodeName": "before" } }""", $"work/{file}");
        var before = SettingsAccess.AgentSettings(arguments, _places);
        new LastGoodSettings(before.DataDirectory).Save(before.Reader.ReadContent());
        File.Delete(_folder.At($"work/{file}"));

        var settings = SettingsAccess.AgentSettings(arguments, _places);
        _folder.Write("""{ "Dkron": { "NodeName": "back" } }""", $"work/{file}");

        settings.LastGood.Should().NotBeNull();
        settings.Configuration["Dkron:NodeName"].Should().Be("before");
        settings.Problems.Should().ContainSingle().Which.ToString().Should().Be($"{_folder.At($"work/{file}")}: does not exist");
        settings.Reader.Build(settings.Reader.ReadContent()).Problems.Problems.Should().BeEmpty();
    }

    [Theory]
    [InlineData("*named.json: does not exist*", "named.json")]
    [InlineData("*no appsettings.json in*--config FILE*")]
    public void Without_last_good_settings_the_agent_says_what_is_missing(string message, params string[] configured)
    {
        var start = () => SettingsAccess.AgentSettings(new SettingsArguments(configured, []), _places);

        start.Should().Throw<JobConfigException>().WithMessage(message);
    }

    [Fact]
    public void The_repositorys_own_settings_are_good()
    {
        var places = SettingsPlaces.OfProcess();
        var files = SettingsFiles.Locate([], places with { WorkingFolder = _folder.At("work"), ExecutableFolder = _folder.At("bin") });
        var reader = new SettingsReader(files, [], _folder.Variables, [], _folder.Root);
        foreach (var name in new[] { "log", "files", "syslog" })
        {
            _folder.Catalog[name] = new() { Name = name };
        }

        var result = SettingsCheck.Run(reader, _folder.Catalog);

        result.Problems.Should().BeEmpty();
        result.Warnings.Should().BeEmpty();
        result.Jobs!.Jobs.Should().HaveCountGreaterThanOrEqualTo(3);
    }
}
