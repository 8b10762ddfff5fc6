using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Dkron.Abstractions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Dkron.Host.Tests.Plugins;

/// <summary>Builds plugins from source while a test runs, so that each kind of plugin is a few lines in the test that needs it.</summary>
internal static class PluginCompiler
{
    private static readonly MetadataReference[] Framework =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private static readonly MetadataReference Contract = MetadataReference.CreateFromFile(typeof(IExecutionProcessor).Assembly.Location);

    public static string Header(string version = "1.0.0", string framework = ".NETCoreApp,Version=v10.0") => $"""
        using System; using System.Collections.Generic; using System.Linq; using System.Reflection; using System.Threading; using System.Threading.Tasks; using Dkron.Abstractions;
        [assembly: AssemblyInformationalVersion("{version}+build")]
        [assembly: System.Runtime.Versioning.TargetFramework("{framework}")]
        """;

    /// <summary>The source of a processor whose output is an expression.</summary>
    public static string Processor(string output, string members = "", string interfaces = "IExecutionProcessor", string name = "TheProcessor") => $$"""
        public class {{name}} : {{interfaces}}
        {
            public ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken) => new(ProcessorResult.WithOutput({{output}}));
            {{members}}
        }
        """;

    /// <summary>Compiles a library.</summary>
    /// <param name="assemblyName">Its simple name.</param>
    /// <param name="source">Its source.</param>
    /// <param name="contract">Another contract than the host's, if any.</param>
    /// <param name="references">What it needs besides.</param>
    public static byte[] Compile(string assemblyName, string source, byte[]? contract = null, params byte[][] references)
    {
        var compilation = CSharpCompilation.Create(
            assemblyName,
            [CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Latest))],
            [.. Framework, contract is null ? Contract : MetadataReference.CreateFromImage(contract), .. references.Select(reference => MetadataReference.CreateFromImage(reference))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        return result.Success
            ? Checked(image.ToArray())
            : throw new InvalidOperationException(string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
    }

    /// <summary>Has a compiler that went wrong be blamed, and not the plugin: once it called all classes nested from some moment on.</summary>
    private static byte[] Checked(byte[] image)
    {
        using var file = new PEReader(new MemoryStream(image));
        var reader = file.GetMetadataReader();
        var wrong = reader.TypeDefinitions.Select(reader.GetTypeDefinition)
            .Where(type => (type.Attributes & TypeAttributes.VisibilityMask) > TypeAttributes.Public && type.GetDeclaringType().IsNil)
            .Select(type => reader.GetString(type.Name))
            .ToList();
        return wrong.Count == 0
            ? image
            : throw new InvalidOperationException($"The C# compiler in this process wrote wrong metadata: it calls {string.Join(", ", wrong)} nested, and in no class. Run the tests again.");
    }

    /// <summary>The output folder of a project below Tests/TestPlugins.</summary>
    public static string BuiltFolder(string project)
    {
        var metadata = typeof(PluginCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(attribute => attribute.Key, attribute => attribute.Value);
        return Path.Combine(metadata["TestPluginsFolder"]!, project, metadata["TestPluginsOutput"]!);
    }
}
