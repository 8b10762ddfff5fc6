namespace Dkron.Host.Tests.Plugins;

/// <summary>A plugin in two versions, each with a private dependency that is not loaded before the first call.</summary>
internal sealed class LazyPlugin
{
    public const string Name = "lazy";

    private readonly string _root;
    private readonly string _folder;
    private readonly string[] _stages;

    /// <param name="root">Where the versions are kept, on the file system of the plugin folder.</param>
    /// <param name="folder">The plugin folder.</param>
    public LazyPlugin(string root, string folder)
    {
        (_root, _folder) = (root, folder);
        _stages = [Stage("a"), Stage("b")];
    }

    /// <summary>The path of the main assembly.</summary>
    public string Assembly => Path.Combine(_folder, $"dkron-processor-{Name}", $"dkron-processor-{Name}.dll");

    /// <summary>What a version answers: its own letter, and that of the dependency it sees.</summary>
    public static string AnswerOf(int version) => version % 2 == 0 ? "a a" : "b b";

    /// <summary>Puts a version into the plugin folder, as a deployment by renaming does.</summary>
    public void Lay(int version)
    {
        var target = Path.Combine(_folder, $"dkron-processor-{Name}");
        var made = Directory.CreateDirectory(Path.Combine(_root, Guid.NewGuid().ToString("N"))).FullName;
        foreach (var file in Directory.GetFiles(_stages[version % 2]))
        {
            File.Copy(file, Path.Combine(made, Path.GetFileName(file)));
        }

        if (Directory.Exists(target))
        {
            Directory.Move(target, made + "-old");
        }

        Directory.Move(made, target);
        if (Directory.Exists(made + "-old"))
        {
            Directory.Delete(made + "-old", recursive: true);
        }
    }

    private string Stage(string version)
    {
        var dependency = PluginCompiler.Compile("lazy", $"public static class Lazy {{ public static string Text() => \"{version}\"; }}");
        var image = PluginCompiler.Compile(
            $"dkron-processor-{Name}",
            PluginCompiler.Header() + PluginCompiler.Processor($"\"{version} \" + Ask()", "[System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)] static string Ask() => Lazy.Text();"),
            null,
            dependency);
        var folder = Directory.CreateDirectory(Path.Combine(_root, $"stage-{version}")).FullName;
        File.WriteAllBytes(Path.Combine(folder, $"dkron-processor-{Name}.dll"), image);
        File.WriteAllBytes(Path.Combine(folder, "lazy.dll"), dependency);
        return folder;
    }
}
