using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Dkron.Analyzers.Tests;

/// <summary>The plugins that come with the host do as their authors' rules say.</summary>
public sealed class BuiltInPluginsTests
{
    public static TheoryData<string> Plugins => [.. Directory.EnumerateDirectories(Path.Combine(Repository.Folder, "Plugins"), "dkron-processor-*").Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Plugins))]
    public async Task No_rule_finds_anything_in_it(string plugin)
    {
        var folder = Path.Combine(Repository.Folder, "Plugins", plugin);
        var sources = Sources(folder).Select(File.ReadAllText).ToList();

        var findings = await PluginCode.FindingsAsync(PluginCode.Compile(sources, plugin, Packages(folder)));

        sources.Should().NotBeEmpty();
        findings.Should().BeEmpty();
    }

    private static IEnumerable<string> Sources(string folder)
    {
        // A plugin may compile sources that it shares with others, from outside its folder.
        var shared = XDocument.Load(Path.Combine(folder, Path.GetFileName(folder) + ".csproj")).Descendants("Compile").Select(item => item.Attribute("Include")?.Value).OfType<string>();
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar)[0] is not ("obj" or "bin"))
            .Concat(shared.SelectMany(pattern => Directory.EnumerateFiles(Path.Combine(folder, Path.GetDirectoryName(pattern)!), Path.GetFileName(pattern))));
    }

    // What a plugin brings along lies beside it once it is built, which the project of these tests sees to.
    private static IEnumerable<MetadataReference> Packages(string folder)
    {
        var known = PluginCode.References.Select(reference => Path.GetFileName(reference.Display)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new DirectoryInfo(Path.Combine(folder, "bin")) is { Exists: true } output
            ? output.EnumerateFiles("*.dll", SearchOption.AllDirectories)
                .Where(file => known.Add(file.Name) && file.Name != Path.GetFileName(folder) + ".dll" && file.Directory!.Name != "ref")
                .Select(file => MetadataReference.CreateFromFile(file.FullName))
            : [];
    }
}
