using System.Text;
using Dkron.Abstractions;
using Dkron.Host.Plugins;

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

    /// <summary>Calls it.</summary>
    /// <param name="registry">Where it runs.</param>
    /// <param name="context">What the call gets.</param>
    /// <param name="isSlow">Whether to hold it for a while first, so that a swap may come before its first touch of the dependency.</param>
    public static string Ask(PluginRegistry registry, ProcessorContext context, bool isSlow)
    {
        using var leases = registry.Acquire([Name]);
        return leases[0].Processor is { } processor ? Ask(processor, context, isSlow) : leases[0].Unavailable ?? "";
    }

    /// <summary>The same for an instance.</summary>
    public static string Ask(IExecutionProcessor processor, ProcessorContext context, bool isSlow)
    {
        if (isSlow)
        {
            Thread.CurrentThread.Join(TimeSpan.FromMilliseconds(5));
        }

        using var stop = new CancellationTokenSource();
        var call = processor.ProcessAsync(context, stop.Token);
#pragma warning disable VSTHRD002 // It has ended.
        return call.IsCompleted ? Encoding.UTF8.GetString(call.GetAwaiter().GetResult().Output.Span) : "not ended";
#pragma warning restore VSTHRD002
    }

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

    /// <summary>Writes a version over the one in place, file by file.</summary>
    public void Overwrite(int version)
    {
        foreach (var file in Directory.GetFiles(_stages[version % 2]))
        {
            File.Copy(file, Path.Combine(Path.GetDirectoryName(Assembly)!, Path.GetFileName(file)), overwrite: true);
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
