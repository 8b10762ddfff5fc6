using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

public sealed class BrokenPluginTests : IAsyncDisposable
{
    private const string Name = "broken";

    internal static readonly Dictionary<string, (Action<PluginWorkbench> Lay, string Reason)> Kinds = new()
    {
        ["cut to one byte"] = (bench => LayCut(bench, _ => 1), "dkron-processor-broken.dll is damaged or no .NET assembly"),
        ["cut to 64 bytes"] = (bench => LayCut(bench, _ => 64), "dkron-processor-broken.dll is damaged, cut short or no .NET assembly"),
        ["cut to 512 bytes"] = (bench => LayCut(bench, _ => 512), "dkron-processor-broken.dll is damaged, cut short or no .NET assembly"),
        ["cut in the middle"] = (bench => LayCut(bench, length => length / 2), "dkron-processor-broken.dll is damaged, cut short or no .NET assembly"),
        ["cut by one byte"] = (bench => LayCut(bench, length => length - 1), "dkron-processor-broken.dll is cut short: "),
        ["filled with zeros"] = (bench => bench.AddImage(Name, new byte[4096]), "dkron-processor-broken.dll is damaged or no .NET assembly"),
        ["second half zeros"] = (LayHalfZeros, "copy the plugin again"),
        ["a text"] = (bench => bench.AddImage(Name, "#!/bin/sh\necho hello\n"u8.ToArray()), "dkron-processor-broken.dll is damaged or no .NET assembly"),
        ["empty"] = (bench => bench.AddImage(Name, []), "dkron-processor-broken.dll is empty; copy the plugin again"),
        ["an ELF library"] = (bench => bench.AddImage(Name, File.ReadAllBytes(NativeLibrary)), "dkron-processor-broken.dll is a native library or program, not a .NET assembly"),
        ["a folder without its dll"] = (bench => Directory.CreateDirectory(Path.Combine(bench.Folder, "dkron-processor-broken")), "there is no dkron-processor-broken.dll in its folder"),
        ["deps.json empty"] = (bench => LayManifest(bench, ""), "dkron-processor-broken.deps.json is empty or damaged"),
        ["deps.json cut"] = (bench => LayManifest(bench, """{ "runtimeTarget": { "name": ".NETCoreApp,Ver"""), "dkron-processor-broken.deps.json is empty or damaged"),
        ["deps.json of another shape"] = (bench => LayManifest(bench, """{ "runtimeTarget": 5, "targets": [] }"""), "dkron-processor-broken.deps.json is empty or damaged"),
        ["deps.json with a missing dll"] = (bench => LayManifest(bench, Manifest("""{ "runtime": { "lib/net8.0/Missing.dll": {} } }""")), "Missing.dll of Dependency/1.0.0 is missing, though dkron-processor-broken.deps.json lists it; copy the plugin's whole folder"),
        ["deps.json with a missing native library"] = (bench => LayManifest(bench, Manifest("""{ "runtimeTargets": { "runtimes/linux/native/libmissing.so": { "rid": "linux", "assetType": "native" } } }""")), "libmissing.so of Dependency/1.0.0 is missing"),
        ["deps.json with a missing satellite"] = (bench => LayManifest(bench, Manifest("""{ "resources": { "lib/net8.0/de/Dependency.resources.dll": { "locale": "de" } } }""")), "Dependency.resources.dll of Dependency/1.0.0 is missing"),
        ["another assembly's name"] = (bench => bench.AddImage(Name, Compile(PluginCompiler.Processor("\"\""), "dkron-processor-other")), "dkron-processor-broken.dll holds the assembly 'dkron-processor-other'; rename"),
        ["no processor"] = (bench => bench.Add(Name, "public class Nothing { } internal " + PluginCompiler.Processor("\"\"")[7..]), "has no public class that implements IExecutionProcessor"),
        ["an abstract processor"] = (bench => bench.Add(Name, "public abstract " + PluginCompiler.Processor("\"\"")[7..]), "has no public class that implements IExecutionProcessor"),
        ["two processors"] = (bench => bench.Add(Name, PluginCompiler.Processor("\"\"", name: "First") + PluginCompiler.Processor("\"\"", name: "Second")), "has 2 public classes that implement IExecutionProcessor (First, Second)"),
        ["constructor throws"] = (bench => bench.Add(Name, PluginCompiler.Processor("\"\"", "public TheProcessor() => throw new InvalidOperationException(\"no luck\");")), "its constructor failed: InvalidOperationException: no luck"),
        ["constructor throws an exception that throws"] = (bench => bench.Add(Name, PluginCompiler.Processor("\"\"", "public TheProcessor() => throw new Nasty(); class Nasty : Exception { public override string Message => throw new Nasty(); }")), "its constructor failed: Nasty"),
        ["constructor hangs"] = (bench => bench.Add(Name, PluginCompiler.Processor("\"\"", "public TheProcessor() => Thread.Sleep(Timeout.Infinite);")), "its constructor did not end within 5 s, and was left alone"),
        ["constructor asks too much"] = (bench => bench.Add(Name, PluginCompiler.Processor("\"\"", "public TheProcessor(Version version) { }")), "its constructor failed: InvalidOperationException: Unable to resolve service for type 'System.Version'"),
        ["start throws"] = (bench => bench.Add(Name, PluginCompiler.Processor("\"\"", "public async ValueTask StartAsync(CancellationToken c) { await Task.Yield(); throw new InvalidOperationException(\"not today\"); }", "IExecutionProcessor, IStartable")), "its StartAsync failed: InvalidOperationException: not today"),
        ["start hangs"] = (bench => bench.Add(Name, PluginCompiler.Processor("\"\"", "public async ValueTask StartAsync(CancellationToken c) => await new TaskCompletionSource().Task;", "IExecutionProcessor, IStartable")), "its StartAsync did not end within 5 s"),
        ["self-test fails"] = (bench => bench.Add(Name, PluginCompiler.Processor("\"\"", "public ValueTask TestAsync(CancellationToken c) => throw new InvalidOperationException(\"2 + 2 = 5\");", "IExecutionProcessor, ISelfTest")), "its TestAsync failed: InvalidOperationException: 2 + 2 = 5"),
        ["a later contract's member"] = (bench => bench.AddImage(Name, PluginCompiler.Compile("dkron-processor-broken", PluginCompiler.Header() + PluginCompiler.Processor("context.Deadline.ToString()"), LaterContract())), $"was built for a later contract: it uses ProcessorContext.Deadline, which contract {ContractSurface.Version} of this host does not have; update dkron, or rebuild the plugin against Dkron.Abstractions {ContractSurface.Version}"),
        ["a later contract's type"] = (bench => bench.AddImage(Name, PluginCompiler.Compile("dkron-processor-broken", PluginCompiler.Header() + PluginCompiler.Processor("\"\"", "public void Pause() { }", "IExecutionProcessor, ICanPause"), LaterContract())), $"was built for a later contract: it uses ICanPause, which contract {ContractSurface.Version}"),
        ["a later major contract"] = (bench => bench.AddImage(Name, PluginCompiler.Compile("dkron-processor-broken", PluginCompiler.Header() + PluginCompiler.Processor("\"\""), LaterContract("2.0.0.0"))), "was built for Dkron.Abstractions 2.0.0.0, and this host has 1.0.0.0"),
        ["a newer framework"] = (bench => bench.AddImage(Name, PluginCompiler.Compile("dkron-processor-broken", PluginCompiler.Header(framework: ".NETCoreApp,Version=v99.0") + PluginCompiler.Processor("\"\""))), "it was built for .NET 99.0, and this host runs on .NET 10.0"),
        ["a missing dependency"] = (bench => LayDependency(bench, "2.0.0.0", null), "dkron-processor-broken.dll needs Dependency 2.0.0.0, which is neither in the plugin's folder nor in the framework"),
        ["a dependency that is too old"] = (bench => LayDependency(bench, "2.0.0.0", "1.0.0.0"), "dkron-processor-broken.dll needs Dependency 2.0.0.0, and the plugin's folder has 1.0.0.0"),
        ["a dependency that is cut"] = (LayCutDependency, "Dependency.dll is cut short: "),
        ["what only the host has"] = (bench => bench.AddImage(Name, Compile(PluginCompiler.Processor("typeof(Serilog.Log).Name"), references: File.ReadAllBytes(typeof(Serilog.Log).Assembly.Location))), "needs Serilog 4.4.0.0, which is neither in the plugin's folder nor in the framework"),
        ["an option with a reserved name"] = (bench => LayOptions(bench, Option("timeout")), "it declares the option 'timeout', which is a key that the host reserves for itself"),
        ["an option declared twice"] = (bench => LayOptions(bench, Option("a") + "," + Option("a")), "it declares the option 'a' twice"),
        ["an option with a wrong default"] = (bench => LayOptions(bench, "new ProcessorOption { Name = \"a\", Type = OptionType.Integer, Description = \"\", Default = \"many\" }"), "it declares the option 'a', whose default 'many' is not a valid value of it"),
        ["an option with a wrong name"] = (bench => LayOptions(bench, Option("Not a name")), "it declares the option 'Not a name', which is no name for an option"),
        ["null among the options"] = (bench => LayOptions(bench, "null!"), "one of its Options is null"),
        ["options that are null"] = (bench => bench.Add(Name, PluginCompiler.Processor("\"\"", "public IReadOnlyList<ProcessorOption> Options => null!;", "IExecutionProcessor, IDeclareOptions")), "its Options are null"),
        ["a link that leads out"] = (bench => File.CreateSymbolicLink(Path.Combine(bench.AddGood(Name), "passwd"), "/etc/passwd"), "passwd is a symbolic link out of the plugin's folder, to /etc/passwd"),
        ["a link that leads nowhere"] = (bench => File.CreateSymbolicLink(Path.Combine(bench.AddGood(Name), "gone"), "/nowhere"), "gone is a symbolic link that leads nowhere"),
        ["a link in a circle"] = (bench => File.CreateSymbolicLink(Path.Combine(Directory.CreateDirectory(Path.Combine(bench.AddGood(Name), "in")).FullName, "circle"), Path.Combine(bench.Folder, "dkron-processor-broken", "in")), "is there a symbolic link that leads in a circle?"),
        ["a pipe"] = (bench => MakePipe(Path.Combine(bench.AddGood(Name), "pipe")), "pipe is a pipe, a socket or a device"),
    };

    private readonly PluginWorkbench _bench = new();

    private static string NativeLibrary => Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "libSystem.Native.so");

    public static TheoryData<string> KindNames => [.. Kinds.Keys];

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [MemberData(nameof(KindNames))]
    public async Task A_broken_plugin_gives_one_clear_message_and_the_good_ones_work(string kind)
    {
        var (lay, reason) = Kinds[kind];
        _bench.AddGood("alpha");
        lay(_bench);
        _bench.AddGood("omega");

        await _bench.LoadAsync();

        var message = _bench.Log.Errors.Should().ContainSingle().Subject;
        message.Should().StartWith($"Plugins: broken in {Path.Combine(_bench.Folder, "dkron-processor-broken")} is refused: ").And.Contain(reason);
        message.Should().NotContain("\n");
        _bench.Registry.Catalog["broken"].Unavailable.Should().StartWith("plugin 'broken' was refused: ").And.Contain(reason);
        _bench.Registry.Statuses.Where(status => status.Name == "broken").Should().OnlyContain(status => status.State == GenerationState.Rejected);
        (await _bench.CallAsync("alpha")).Should().Be("good");
        (await _bench.CallAsync("omega")).Should().Be("good");
    }

    [Fact]
    public async Task Thirty_broken_plugins_do_not_keep_the_good_one_from_working()
    {
        foreach (var (kind, index) in Kinds.Where(kind => !kind.Key.Contains("hangs")).Select((kind, index) => (kind.Value, index)))
        {
            kind.Lay(_bench);
            var laid = Path.Combine(_bench.Folder, "dkron-processor-broken");
            Directory.Move(laid, Path.Combine(_bench.Folder, $"dkron-processor-broken{index}"));
        }

        _bench.AddGood("alpha");

        await _bench.LoadAsync();

        (await _bench.CallAsync("alpha")).Should().Be("good");
        _bench.Log.Errors.Should().HaveCount(Kinds.Count - 2);
    }

    private static void LayCut(PluginWorkbench bench, Func<int, int> length)
    {
        var image = Compile(PluginCompiler.Processor("\"\""));
        bench.AddImage(Name, image[..length(image.Length)]);
    }

    private static void LayHalfZeros(PluginWorkbench bench)
    {
        var image = Compile(PluginCompiler.Processor("\"\""));
        image.AsSpan(image.Length / 2).Clear();
        bench.AddImage(Name, image);
    }

    private static void LayManifest(PluginWorkbench bench, string manifest) =>
        File.WriteAllText(Path.Combine(bench.AddGood(Name), "dkron-processor-broken.deps.json"), manifest);

    private static string Manifest(string library) =>
        $$"""{ "runtimeTarget": { "name": ".NETCoreApp,Version=v10.0" }, "targets": { ".NETCoreApp,Version=v10.0": { "Dependency/1.0.0": {{library}} } }, "libraries": {} }""";

    private static void LayOptions(PluginWorkbench bench, string options) =>
        bench.Add(Name, PluginCompiler.Processor("\"\"", $"public IReadOnlyList<ProcessorOption> Options => [{options}];", "IExecutionProcessor, IDeclareOptions"));

    private static string Option(string name) => $"new ProcessorOption {{ Name = \"{name}\", Type = OptionType.Text, Description = \"\" }}";

    private static byte[] Dependency(string version) =>
        PluginCompiler.Compile("Dependency", $"[assembly: System.Reflection.AssemblyVersion(\"{version}\")] public static class Needed {{ public static string Text() => \"\"; }}");

    private static void LayDependency(PluginWorkbench bench, string needed, string? present)
    {
        var folder = bench.AddImage(Name, Compile(PluginCompiler.Processor("Needed.Text()"), references: Dependency(needed)));
        if (present is not null)
        {
            File.WriteAllBytes(Path.Combine(folder, "Dependency.dll"), Dependency(present));
        }
    }

    private static void LayCutDependency(PluginWorkbench bench)
    {
        var folder = bench.AddImage(Name, Compile(PluginCompiler.Processor("Needed.Text()"), references: Dependency("1.0.0.0")));
        File.WriteAllBytes(Path.Combine(folder, "Dependency.dll"), Dependency("1.0.0.0")[..^10]);
    }

    private static byte[] Compile(string source, string assemblyName = "dkron-processor-broken", params byte[][] references) =>
        PluginCompiler.Compile(assemblyName, PluginCompiler.Header() + source, null, references);

    /// <summary>The contract as a later release may be: more members and types, the same assembly version unless told otherwise.</summary>
    private static byte[] LaterContract(string version = "1.0.0.0") => PluginCompiler.Compile(
        "Dkron.Abstractions",
        $$"""
        using System; using System.Threading; using System.Threading.Tasks;
        [assembly: System.Reflection.AssemblyVersion("{{version}}")]
        namespace Dkron.Abstractions;
        public interface IExecutionProcessor : IAsyncDisposable
        {
            ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken);
            ValueTask IAsyncDisposable.DisposeAsync() => default;
        }
        public interface ICanPause { void Pause(); }
        public sealed class ProcessorContext { public TimeSpan Deadline { get; init; } }
        public sealed class ProcessorResult { public static ProcessorResult WithOutput(string output) => new(); }
        """,
        contract: PluginCompiler.Compile("Nothing", ""));

    private static void MakePipe(string path)
    {
        using var process = System.Diagnostics.Process.Start("mkfifo", [path]);
        process.WaitForExit();
    }
}
