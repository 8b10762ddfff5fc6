namespace Dkron.Acceptance.Tests;

/// <summary>What the package Dkron.Abstractions.Sdk says of a project before anything is compiled.</summary>
public sealed class BuildPackageTests : IDisposable
{
    private readonly string _folder = Agent.NewFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("dkron-processor-mail", "", "")]
    [InlineData("Mail.Plugin", "", "error DKRONSDK001: 'Mail.Plugin' is no name for a plugin: a plugin's assembly is called dkron-TYPE-NAME, in lower-case letters, digits, _ and -, such as dkron-processor-mail. Rename the project file, or set <AssemblyName>dkron-processor-mail-plugin</AssemblyName>.")]
    [InlineData("dkron-processor-Mail", "", "set <AssemblyName>dkron-processor-mail</AssemblyName>")]
    [InlineData("dkron-processor-mail", "<OutputType>Exe</OutputType>", "error DKRONSDK002: A plugin is a library, and this project's OutputType is Exe")]
    [InlineData("dkron-processor-mail", "<TargetFramework>netstandard2.0</TargetFramework>", "error DKRONSDK003: A plugin is built for .NET, and this project's TargetFramework is netstandard2.0")]
    [InlineData("dkron-executor-ssh", "", "warning DKRONSDK004: Dkron 1.1 has plugins of the type 'processor' only: dkron-executor-ssh would be refused")]
    [InlineData("dkron-processor-mail", "<PublishSingleFile>true</PublishSingleFile>", "warning DKRONSDK005: PublishSingleFile, PublishAot, PublishTrimmed and SelfContained are not for plugins")]
    [InlineData("dkron-processor-mail", "<EnableDynamicLoading>false</EnableDynamicLoading>", "warning DKRONSDK006: EnableDynamicLoading is off")]
    public async Task A_project_that_the_host_would_refuse_is_told_so_at_build_time(string name, string property, string said)
    {
        var build = Path.Combine(Repository.Folder, "Dkron.Abstractions", "Sdk", "build");
        await File.WriteAllTextAsync(
            Path.Combine(_folder, name + ".csproj"),
            $"""
            <Project>
              <Import Project="{build}/Dkron.Abstractions.Sdk.props" />
              <Import Project="Sdk.props" Sdk="Microsoft.NET.Sdk" />
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                {property}
              </PropertyGroup>
              <Import Project="Sdk.targets" Sdk="Microsoft.NET.Sdk" />
              <Import Project="{build}/Dkron.Abstractions.Sdk.targets" />
            </Project>
            """,
            TestContext.Current.CancellationToken);

        await using var msbuild = Launched.Start("dotnet", ["msbuild", "-nologo", "-t:DkronCheckProject", "-nodeReuse:false"], _folder, new Dictionary<string, string> { ["DOTNET_CLI_UI_LANGUAGE"] = "en" });
        var exitCode = await msbuild.ExitAsync(TimeSpan.FromMinutes(5));

        exitCode.Should().Be(said.Contains("error", StringComparison.Ordinal) || said.StartsWith("set", StringComparison.Ordinal) ? 1 : 0, msbuild.Stdout);
        (said.Length == 0 ? msbuild.Stdout.Trim() : msbuild.Stdout).Should().Match(text => said.Length == 0 ? text == "" : text.Contains(said, StringComparison.Ordinal));
    }
}
