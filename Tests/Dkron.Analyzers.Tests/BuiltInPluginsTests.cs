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
        var sources = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(folder, file).StartsWith("obj", StringComparison.Ordinal) && !Path.GetRelativePath(folder, file).StartsWith("bin", StringComparison.Ordinal))
            .Select(File.ReadAllText)
            .ToList();

        var findings = await PluginCode.FindingsAsync(PluginCode.Compile(sources, plugin, Packages(folder)));

        sources.Should().NotBeEmpty();
        findings.Should().BeEmpty();
    }

    // What a plugin brings along lies beside it once it is built, with everything that builds this repository.
    private static IEnumerable<Microsoft.CodeAnalysis.MetadataReference> Packages(string folder)
    {
        var known = PluginCode.References.Select(reference => Path.GetFileName(reference.Display)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new DirectoryInfo(Path.Combine(folder, "bin")) is { Exists: true } output
            ? output.EnumerateFiles("*.dll", SearchOption.AllDirectories)
                .Where(file => known.Add(file.Name) && file.Name != Path.GetFileName(folder) + ".dll" && file.Directory!.Name != "ref")
                .Select(file => Microsoft.CodeAnalysis.MetadataReference.CreateFromFile(file.FullName))
            : [];
    }
}
