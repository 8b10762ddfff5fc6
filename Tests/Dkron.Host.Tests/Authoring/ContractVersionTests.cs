using System.Text.RegularExpressions;
using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Authoring;

public sealed partial class ContractVersionTests
{
    [Fact]
    public void The_build_package_notes_the_contract_that_it_brings()
    {
        var targets = File.ReadAllText(Path.Combine(BuiltPlugins.Repository, "Dkron.Abstractions", "Sdk", "build", "Dkron.Abstractions.Sdk.targets"));

        Noted().Match(targets).Groups[1].Value.Should().Be(ContractSurface.Version);
    }

    [Theory]
    [InlineData("Sdk/Dkron.Abstractions.Sdk.csproj")]
    [InlineData("Testing/Dkron.Testing.csproj")]
    [InlineData("Templates/Dkron.Templates.csproj")]
    public void Every_package_for_authors_has_the_version_of_the_contract(string project)
    {
        var folder = Path.Combine(BuiltPlugins.Repository, "Dkron.Abstractions");

        Version(Path.Combine(folder, project)).Should().Be(Version(Path.Combine(folder, "Dkron.Abstractions.csproj")));
    }

    [Fact]
    public void The_template_asks_for_the_packages_of_this_version()
    {
        var folder = Path.Combine(BuiltPlugins.Repository, "Dkron.Abstractions");

        var asked = Directory.EnumerateFiles(Path.Combine(folder, "Templates", "content"), "*.csproj", SearchOption.AllDirectories).SelectMany(file => Asked().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).ToList();

        asked.Should().HaveCount(2).And.OnlyContain(version => version == Version(Path.Combine(folder, "Dkron.Abstractions.csproj")));
    }

    private static string Version(string project) => VersionElement().Match(File.ReadAllText(project)).Groups[1].Value;

    [GeneratedRegex("<DkronContractVersion>(.*?)<")]
    private static partial Regex Noted();

    [GeneratedRegex("<Version>(.*?)<")]
    private static partial Regex VersionElement();

    [GeneratedRegex("Include=\"Dkron\\.[^\"]*\" Version=\"(.*?)\"")]
    private static partial Regex Asked();
}
