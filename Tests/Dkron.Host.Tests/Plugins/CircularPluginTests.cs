namespace Dkron.Host.Tests.Plugins;

/// <summary>What is written here would end the process, and each one that is started after it, if it were followed to its end.</summary>
public sealed class CircularPluginTests : IAsyncDisposable
{
    private const string Name = "circular";
    private const string Circle = "is refused: one of its assemblies is damaged (";

    internal static readonly Dictionary<string, (Action<PluginWorkbench> Lay, string Reason)> Kinds = new()
    {
        ["a class that extends itself"] = (bench => bench.AddImage(Name, MetadataPatch.ExtendItself(Compile("public class Middle { } " + Extending("Middle")), "Middle")), Circle),
        ["two classes in two assemblies that extend each other"] = (LayPair, Circle),
        ["a class that lies in itself"] = (bench => bench.AddImage(Name, MetadataPatch.EncloseItself(Compile(PluginCompiler.Processor("\"\"", "public class Inner { }")), "Inner")), Circle),
        ["a type of the contract that lies in itself"] = (bench => bench.AddImage(Name, MetadataPatch.ReferToItself(Compile(PluginCompiler.Processor("\"\"")), "ProcessorResult")), Circle),
        ["a class that claims to be nested and is not"] = (bench => bench.AddImage(Name, MetadataPatch.ClaimToBeNested(Compile(PluginCompiler.Processor("\"\"")), "TheProcessor")), "has no public class that implements IExecutionProcessor"),
    };

    private readonly PluginWorkbench _bench = new();

    public static TheoryData<string> KindNames => [.. Kinds.Keys];

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [MemberData(nameof(KindNames))]
    public async Task A_plugin_whose_types_are_not_what_a_compiler_writes_is_refused_and_the_good_one_works(string kind)
    {
        _bench.AddGood("alpha");
        Kinds[kind].Lay(_bench);

        await _bench.LoadAsync();

        _bench.Log.Errors.Should().ContainSingle().Which.Should().Contain(Kinds[kind].Reason);
        (await _bench.CallAsync("alpha")).Should().Be("good");
    }

    private static byte[] Compile(string source, params byte[][] references) => PluginCompiler.Compile($"dkron-processor-{Name}", PluginCompiler.Header() + source, contract: null, references);

    private static string Extending(string type) => $"public class TheProcessor : {type} {{ }}";

    private static void LayPair(PluginWorkbench bench)
    {
        const string Near = "public class Near : Far { } ";
        var far = PluginCompiler.Compile("Far", "public class Far { }");
        var folder = bench.AddImage(Name, Compile(Near + Extending("Near"), far));
        File.WriteAllBytes(Path.Combine(folder, "Far.dll"), PluginCompiler.Compile("Far", "public class Far : Near { }", contract: null, Compile("public class Near { }")));
    }
}
