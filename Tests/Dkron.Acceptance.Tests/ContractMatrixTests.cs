using System.Text.Json.Nodes;
using Dkron.Host.Tests.Plugins;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Dkron.Acceptance.Tests;

/// <summary>Plugins built against each minor version of the contract, on hosts with each: they run, or are refused by the name of what is missing.</summary>
public sealed class ContractMatrixTests(ContractMatrixTests.Hosts hosts) : IClassFixture<ContractMatrixTests.Hosts>
{
    private const string Plain = "";
    private const string Marked = "[Delivery] ";
    private const string FromFile = "/* reads a file */ ";

    [Theory]
    [InlineData("1.0", "1.0", Plain, null)]
    [InlineData("1.0", "1.1", Plain, null)]
    [InlineData("1.1", "1.0", Plain, null)]
    [InlineData("1.1", "1.1", Plain, null)]
    [InlineData("1.1", "1.0", Marked, "DeliveryAttribute")]
    [InlineData("1.1", "1.1", Marked, null)]
    [InlineData("1.1", "1.0", FromFile, "ExecutionOutput.FromFile")]
    [InlineData("1.1", "1.1", FromFile, null)]
    public async Task A_plugin_runs_or_is_refused_by_the_name_of_the_member(string builtAgainst, string host, string uses, string? missing)
    {
        var plugin = Path.Combine(hosts.Folder, $"{builtAgainst}-{host}-{uses.Length}", "dkron-processor-matrix");
        Directory.CreateDirectory(plugin);
        await File.WriteAllBytesAsync(Path.Combine(plugin, "dkron-processor-matrix.dll"), Plugin(builtAgainst, uses), TestContext.Current.CancellationToken);

        await using var process = Launched.Start(hosts.Program(host), ["plugins", "check", plugin, "--json"], hosts.Folder);
        var exitCode = await process.ExitAsync();

        var result = JsonNode.Parse(process.Stdout)!;
        exitCode.Should().Be(missing is null ? 0 : 1, process.Stdout + process.Stderr);
        if (missing is null)
        {
            result["log"]!.AsArray().Should().ContainSingle().Which!.GetValue<string>().Should().EndWith("it ran: HELLO");
        }
        else
        {
            result["error"]!.GetValue<string>().Should().Be($"dkron-processor-matrix.dll was built for a later contract: it uses {missing}, which contract 1.0 of this host does not have; update dkron, or rebuild the plugin against Dkron.Abstractions 1.0");
        }
    }

    // Its self-test calls it, so that a build that is found good has run.
    private static byte[] Plugin(string contract, string uses) => PluginCompiler.Compile(
        "dkron-processor-matrix",
        PluginCompiler.Header() + (uses == Marked ? Marked : "") + PluginCompiler.Processor(
            "context.Output.ToString().ToUpperInvariant()",
            $$"""
            readonly IPluginLog _log;
            public TheProcessor(IPluginLog log) => _log = log;
            public async ValueTask TestAsync(CancellationToken stop)
            {
                var at = DateTimeOffset.UnixEpoch;
                var output = {{(uses == FromFile ? "Read()" : "ExecutionOutput.FromText(\"hello\")")}};
                var context = new ProcessorContext
                {
                    InvocationId = "1", Attempt = 1, Job = new JobInfo { Name = "a", DisplayName = "a" }, Log = _log, Output = output, OriginalOutput = output,
                    Execution = new ExecutionInfo { Id = "1", JobName = "a", NodeName = "n", Group = 1, Attempt = 1, ScheduledAt = at, StartedAt = at, FinishedAt = at, Status = ExecutionStatus.Succeeded },
                };
                var result = await ProcessAsync(context, stop);
                _log.Write(PluginLogLevel.Information, "it ran: " + System.Text.Encoding.UTF8.GetString(result.Output.Span));
            }
            {{(uses == FromFile ? "static ExecutionOutput Read() { var file = System.IO.Path.GetTempFileName(); System.IO.File.WriteAllText(file, \"hello\"); return ExecutionOutput.FromFile(file); }" : "")}}
            """,
            "IExecutionProcessor, ISelfTest"),
        contract == "1.0" ? Contract10() : null);

    /// <summary>The contract as it was before 1.1: the same sources, in which no plugin can see what 1.1 has added.</summary>
    private static byte[] Contract10()
    {
        const string Usings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";
        const string Versions = "[assembly: System.Reflection.AssemblyVersion(\"1.0.0.0\")] [assembly: System.Reflection.AssemblyFileVersion(\"1.0.0.0\")]";
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Folder, "Dkron.Abstractions"), "*.cs")
            .Select(file => File.ReadAllText(file)
                .Replace("public sealed class DeliveryAttribute", "internal sealed class DeliveryAttribute", StringComparison.Ordinal)
                .Replace("public static ExecutionOutput FromFile", "internal static ExecutionOutput FromFile", StringComparison.Ordinal)
                .Replace("public ExecutionOutput WithOmitted", "internal ExecutionOutput WithOmitted", StringComparison.Ordinal));
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var framework = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location));
        var compilation = CSharpCompilation.Create(
            "Dkron.Abstractions",
            sources.Append(Usings).Append(Versions).Select(source => CSharpSyntaxTree.ParseText(source, options)),
            framework.Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        result.Success.Should().BeTrue(string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
        return image.ToArray();
    }

    /// <summary>The host as it is built, and a copy of it that has the contract 1.0.</summary>
    public sealed class Hosts : IDisposable
    {
        public Hosts()
        {
            var earlier = Path.Combine(Folder, "host-1.0");
            foreach (var file in Directory.EnumerateFiles(Repository.DkronFolder))
            {
                Directory.CreateDirectory(earlier);
                File.Copy(file, Path.Combine(earlier, Path.GetFileName(file)));
            }

            File.WriteAllBytes(Path.Combine(earlier, "Dkron.Abstractions.dll"), Contract10());
        }

        public string Folder { get; } = Directory.CreateTempSubdirectory("dkron-matrix-").FullName;

        public string Program(string contract) => Path.Combine(contract == "1.0" ? Path.Combine(Folder, "host-1.0") : Repository.DkronFolder, "dkron");

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
