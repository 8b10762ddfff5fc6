using System.Collections;
using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Jobs;

/// <summary>A folder with settings files in it, gone at the end.</summary>
internal sealed class SettingsFolder : IDisposable
{
    public static readonly IReadOnlyDictionary<string, PluginDescription> NoProcessors = new Dictionary<string, PluginDescription>();

    public SettingsFolder() => Directory.CreateDirectory(Root);

    public string Root { get; } = Path.Combine(Path.GetTempPath(), $"dkron-jobs-{Guid.NewGuid():N}");

    public string Main => Path.Combine(Root, "appsettings.json");

    public List<string> Files { get; } = ["appsettings.json"];

    public List<string> Arguments { get; } = [];

    public Hashtable Variables { get; } = [];

    /// <summary>Names that take any option, and those with declared ones.</summary>
    public Dictionary<string, PluginDescription> Catalog { get; } = new[] { "log", "files", "zeta", "alpha", "10" }.ToDictionary(name => name, name => new PluginDescription { Name = name, Version = "1.0.0" });

    public string At(string name) => Path.Combine(Root, name);

    public SettingsFolder Write(string json, string name = "appsettings.json")
    {
        File.WriteAllText(At(name), json);
        if (!Files.Contains(name))
        {
            Files.Add(name);
        }

        return this;
    }

    /// <summary>A settings file with one job, whose other fields are given.</summary>
    public SettingsFolder WriteJob(string fields, string name = "appsettings.json") =>
        Write($$"""{ "Jobs": { "nightly": { "schedule": "@every 2m", "command": "/bin/true", {{fields}} } } }""", name);

    public SettingsReader Reader() => new([.. Files.Select(file => new SettingsFile(At(file), Optional: false))], Arguments, Variables, [], Root);

    public SettingsCheckResult Check() => SettingsCheck.Run(Reader(), Catalog);

    public Job Job(string name = "nightly")
    {
        var result = Check();
        result.Problems.Should().BeEmpty();
        return result.Jobs!.ByName[name];
    }

    public IReadOnlyList<string> Problems()
    {
        var result = Check();
        result.Jobs.Should().BeNull("with any problem there are no jobs");
        return [.. result.Problems.Select(problem => problem.ToString())];
    }

    public void Declare(string name, params ProcessorOption[] options) => Catalog[name] = new PluginDescription { Name = name, Version = "1.0.0", Options = options };

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
