using System.Text;
using Dkron.Abstractions;
using Dkron.Host.Plugins;
using Dkron.Host.Tests.Plugins;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dkron.Benchmarks.Plugins;

/// <summary>A temporary plugin folder and a registry that follows it.</summary>
internal sealed class PluginBench : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;

    public PluginBench(PluginOptions? options = null)
    {
        Folder = Directory.CreateDirectory(Path.Combine(Root, "plugins")).FullName;
        Registry = new PluginRegistry([Folder], Path.Combine(Root, "data"), NullLoggerFactory.Instance, TimeProvider.System, options);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("dkron-bench-").FullName;

    public string Folder { get; }

    public PluginRegistry Registry { get; }

    /// <summary>Compiles a plugin whose output is a text.</summary>
    public static byte[] Image(string name, string output) => PluginCompiler.Compile($"dkron-processor-{name}", PluginCompiler.Header() + PluginCompiler.Processor($"\"{output}\""));

    /// <summary>Lays a plugin down.</summary>
    /// <returns>The path of its assembly.</returns>
    public string Add(string name, byte[] image, string? into = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(into ?? Folder, $"dkron-processor-{name}")).FullName;
        var path = Path.Combine(folder, $"dkron-processor-{name}.dll");
        File.WriteAllBytes(path, image);
        return path;
    }

    public async Task WatchAsync()
    {
        await Registry.LoadAllAsync(CancellationToken.None);
        _watching = Registry.WatchAsync(null, _stop.Token);
        await Registry.ReloadAsync(null, CancellationToken.None);
    }

    /// <summary>Blocks until a plugin gives an output.</summary>
    /// <returns>How long that took.</returns>
    public TimeSpan Await(string name, string output)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (Ask(name) != output)
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromMinutes(2))
            {
                throw new TimeoutException($"{name} does not say '{output}' but '{Ask(name)}'");
            }

            Thread.CurrentThread.Join(TimeSpan.FromMilliseconds(1));
        }

        return TimeProvider.System.GetElapsedTime(began);
    }

    public static ProcessorContext Context() => new()
    {
        InvocationId = "1",
        Attempt = 1,
        Job = new JobInfo { Name = "job", DisplayName = "job" },
        Execution = new ExecutionInfo
        {
            Id = "1-node",
            JobName = "job",
            NodeName = "node",
            Group = 1,
            Attempt = 1,
            ScheduledAt = DateTimeOffset.UnixEpoch,
            StartedAt = DateTimeOffset.UnixEpoch,
            FinishedAt = DateTimeOffset.UnixEpoch,
            Status = ExecutionStatus.Succeeded,
        },
        Output = ExecutionOutput.Empty,
        OriginalOutput = ExecutionOutput.Empty,
        Log = new PluginLog(NullLogger.Instance, "p", "1", 1),
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        await Registry.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    private string Ask(string name)
    {
        using var leases = Registry.Acquire([name]);
        if (leases[0].Processor is not { } processor)
        {
            return leases[0].Unavailable ?? "";
        }

        var call = processor.ProcessAsync(Context(), CancellationToken.None);
#pragma warning disable VSTHRD002 // It has ended.
        return call.IsCompleted ? Encoding.UTF8.GetString(call.GetAwaiter().GetResult().Output.Span) : "";
#pragma warning restore VSTHRD002
    }
}
