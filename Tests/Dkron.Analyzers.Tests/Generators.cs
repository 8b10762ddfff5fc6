using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Dkron.Analyzers.Tests;

/// <summary>The framework's own source generators, which plugins are told to use.</summary>
internal static class Generators
{
    private static readonly Lazy<ISourceGenerator[]> All = new(() =>
    [
        .. new DirectoryInfo(Path.Combine(Repository.TargetingPacks, "Microsoft.NETCore.App.Ref"))
            .EnumerateFiles("*.dll", SearchOption.AllDirectories)
            .Where(file => file.Directory!.FullName.EndsWith(Path.Combine("analyzers", "dotnet", "cs"), StringComparison.Ordinal))
            .SelectMany(file => new AnalyzerFileReference(file.FullName, new Loader()).GetGenerators(LanguageNames.CSharp)),
    ]);

    public static Compilation Run(Compilation compilation, CSharpParseOptions options)
    {
        All.Value.Should().NotBeEmpty();
        CSharpGeneratorDriver.Create(All.Value, parseOptions: options).RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _);
        return generated;
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
