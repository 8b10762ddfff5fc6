using System.Collections.Immutable;
using System.Reflection;
using Dkron.Abstractions;
using Dkron.Abstractions.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Dkron.Analyzers.Tests;

/// <summary>Compiles the source of a plugin as a project would, and looks at it with all rules at once.</summary>
internal static class PluginCode
{
    public const string Name = "dkron-processor-sample";

    /// <summary>What a project with ImplicitUsings has, and what the samples would repeat otherwise.</summary>
    public const string Usings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks; global using Dkron.Abstractions;
        """;

    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    public static readonly CSharpCompilationOptions Library = new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true);

    public static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path)!.Contains($"{Path.DirectorySeparatorChar}shared{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(IExecutionProcessor).Assembly.Location),
    ];

    public static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
    [
        .. typeof(PluginAnalyzer).Assembly.GetTypes().Where(type => type.GetCustomAttribute<DiagnosticAnalyzerAttribute>() is not null).Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    private static readonly SyntaxTree UsingsTree = CSharpSyntaxTree.ParseText(Usings, ParseOptions);

    /// <summary>A processor whose call does something.</summary>
    public static string Processor(string statements, string members = "") => $$"""
        public sealed class SampleProcessor : IExecutionProcessor
        {
            public async ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken)
            {
                {{statements}}
                return ProcessorResult.Unchanged;
            }
            {{members}}
        }
        """;

    /// <summary>All that the rules find, in the order of the source; what does not compile is an error of the test.</summary>
    public static Task<IReadOnlyList<Finding>> FindingsAsync(string source, string name = Name, params MetadataReference[] others) =>
        FindingsAsync(Compile([source], name, others));

    public static async Task<IReadOnlyList<Finding>> FindingsAsync(Compilation compilation)
    {
        compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Should().BeEmpty();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]),
            onAnalyzerException: (exception, analyzer, _) => throw new InvalidOperationException($"{analyzer} failed: {exception}", exception),
            concurrentAnalysis: true,
            logAnalyzerExecutionTime: false);
        var diagnostics = await compilation.WithAnalyzers(Analyzers, options).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        diagnostics.Should().NotContain(diagnostic => diagnostic.Id == "AD0001");
        return [.. diagnostics.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start).ThenBy(diagnostic => diagnostic.Id, StringComparer.Ordinal).Select(Finding.Of)];
    }

    public static Compilation Compile(IEnumerable<string> sources, string name = Name, params IEnumerable<MetadataReference> others)
    {
        var texts = sources.ToList();
        var trees = texts.Select((source, i) => CSharpSyntaxTree.ParseText(source, ParseOptions, path: $"{i}.cs"));
        Compilation compilation = CSharpCompilation.Create(name, [UsingsTree, .. trees], [.. References, .. others], Library);
        return texts.Exists(source => source.Contains(" partial ", StringComparison.Ordinal)) ? Generators.Run(compilation, ParseOptions) : compilation;
    }

    /// <summary>A library of another name, for plugins to refer to.</summary>
    public static MetadataReference Reference(string name, string source)
    {
        using var image = new MemoryStream();
        var result = CSharpCompilation.Create(name, [UsingsTree, CSharpSyntaxTree.ParseText(source, ParseOptions)], References, Library).Emit(image);
        result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Should().BeEmpty();
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
