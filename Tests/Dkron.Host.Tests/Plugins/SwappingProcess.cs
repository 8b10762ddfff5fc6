using System.Text;
using Dkron.Host.Plugins;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dkron.Host.Tests.Plugins;

/// <summary>The process of <see cref="KillTests"/>: swaps without end, and writes a line before it loads, with the version it started with, and before each swap.</summary>
internal static class SwappingProcess
{
    public const string Verb = "swap-plugins";
    public const string Name = "killed";
    public const string Loads = "loads";
    public const string Good = "good ";
    public const string Swaps = "swaps";
    private const int Builds = 6;

    /// <summary>Lays down several builds, one of them bad, and puts the first in place.</summary>
    public static void Prepare(string root)
    {
        for (var i = 0; i < Builds; i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(root, "builds", $"{i}")).FullName;
            var image = PluginWorkbench.Image(Name, $"{Good}{i}");
            File.WriteAllBytes(Path.Combine(folder, $"dkron-processor-{Name}.dll"), i == Builds - 1 ? image[..(image.Length / 2)] : image);

            // Long enough to copy that a kill can come in between.
            File.WriteAllBytes(Path.Combine(folder, "more.bin"), new byte[4 << 20]);
        }

        Directory.CreateDirectory(Path.Combine(root, "plugins"));
        Lay(root, 0);
    }

    public static async Task<int> RunAsync(string root)
    {
        Console.WriteLine(Loads);
        await using var registry = new PluginRegistry([Path.Combine(root, "plugins")], Path.Combine(root, "data"), NullLoggerFactory.Instance, TimeProvider.System);
        await registry.LoadAllAsync(CancellationToken.None);
        using (var leases = registry.Acquire([Name]))
        {
            if (leases[0].Processor is not { } processor)
            {
                Console.Error.WriteLine(leases[0].Unavailable);
                return 1;
            }

            var result = await processor.ProcessAsync(PluginWorkbench.Context(), CancellationToken.None);
            Console.WriteLine(Encoding.UTF8.GetString(result.Output.Span));
        }

        using var stop = new CancellationTokenSource();
        var watching = registry.WatchAsync(null, stop.Token);
        var now = Environment.ProcessId;
        while (!watching.IsCompleted)
        {
            Console.WriteLine(Swaps);
            Lay(root, ++now % Builds);
            await ReloadAsync(registry);
        }

        return 1;
    }

    private static async Task ReloadAsync(PluginRegistry registry)
    {
        try
        {
            await registry.ReloadAsync(Name, CancellationToken.None);
        }
        catch (PluginRefusedException)
        {
            // It does not watch yet.
            await Task.Yield();
        }
    }

    // A link, since that can be led elsewhere in one step: the folder is never without the plugin.
    private static void Lay(string root, int build)
    {
        var made = Path.Combine(root, $"link-{Environment.ProcessId}");
        Directory.CreateSymbolicLink(made, Path.Combine(root, "builds", $"{build}"));
        Rename(made, Path.Combine(root, "plugins", $"dkron-processor-{Name}"));
    }

    private static void Rename(string from, string to)
    {
        if (File.Exists(to) || Directory.Exists(to))
        {
            FileExchange.Run(from, to);
            File.Delete(from);
        }
        else
        {
            Directory.Move(from, to);
        }
    }
}
