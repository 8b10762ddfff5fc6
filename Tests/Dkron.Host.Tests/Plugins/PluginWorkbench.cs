using Dkron.Abstractions;
using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

/// <summary>A temporary plugin folder, a data directory and a registry over both.</summary>
internal sealed class PluginWorkbench : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;
    private readonly string _root = Directory.CreateTempSubdirectory("dkron-plugins-").FullName;

    public PluginWorkbench()
        : this(null)
    {
    }

    public PluginWorkbench(PluginOptions? options)
    {
        Folder = Directory.CreateDirectory(Path.Combine(Above, "plugins")).FullName;
        Later = Directory.CreateDirectory(Path.Combine(_root, "later")).FullName;
        Data = Directory.CreateDirectory(Path.Combine(_root, "data")).FullName;
        Registry = NewRegistry(options);
    }

    /// <summary>Settings with which a test need not wait long.</summary>
    public static PluginOptions Quick => new()
    {
        SettleTime = TimeSpan.FromMilliseconds(50),
        PollInterval = TimeSpan.FromMilliseconds(200),
        HashInterval = TimeSpan.FromSeconds(1),
        RemovalGrace = TimeSpan.FromMilliseconds(500),
    };

    private static PluginPatience Patience => new() { Deadline = TimeSpan.FromSeconds(5), RetainedAfter = TimeSpan.FromSeconds(2), UnquietAfter = TimeSpan.FromSeconds(1) };

    public string Folder { get; }

    public string Later { get; }

    public string Data { get; }

    public CollectingLog Log { get; } = new();

    public PluginRegistry Registry { get; }

    /// <summary>Holds everything.</summary>
    public string Root => _root;

    /// <summary>Holds the plugin folder and nothing else.</summary>
    public string Above => Path.Combine(_root, "above");

    public PluginRegistry NewRegistry(PluginOptions? options = null) => new([Folder, Later], Data, Log, TimeProvider.System, options, Patience);

    public Task LoadAsync() => Registry.LoadAllAsync(TestContext.Current.CancellationToken);

    /// <summary>Loads, and follows the folders until the end of the test.</summary>
    public async Task WatchAsync(JobsFit? jobs = null)
    {
        await LoadAsync();
        _watching = Registry.WatchAsync(jobs, _stop.Token);
        await Registry.ReloadAsync(null, TestContext.Current.CancellationToken);
    }

    /// <summary>Ends following, so that another registry may take over.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        await Registry.DisposeAsync();
    }

    /// <summary>Compiles a plugin whose output is a text.</summary>
    public static byte[] Image(string name, string output) => PluginCompiler.Compile($"dkron-processor-{name}", PluginCompiler.Header() + PluginCompiler.Processor($"\"{output}\""));

    /// <summary>Waits until a plugin gives an output.</summary>
    public Task UntilAsync(string name, string output) => Until.TrueAsync(async () => Registry.Catalog.TryGetValue(name, out var plugin) && plugin.Unavailable is null && await TryCallAsync(name) == output);

    /// <summary>Lays a plugin into a folder of its own.</summary>
    /// <returns>The folder.</returns>
    public string Add(string name, string source, string? into = null) => AddImage(name, PluginCompiler.Compile($"dkron-processor-{name}", PluginCompiler.Header() + source), into);

    public string AddImage(string name, byte[] image, string? into = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(into ?? Folder, $"dkron-processor-{name}")).FullName;
        File.WriteAllBytes(Path.Combine(folder, $"dkron-processor-{name}.dll"), image);
        return folder;
    }

    /// <summary>Lays a plugin in whose output is a text.</summary>
    public string AddGood(string name, string output = "good", string? into = null) => Add(name, PluginCompiler.Processor($"\"{output}\""), into);

    public async Task<string> CallAsync(string name, PluginRegistry? registry = null)
    {
        using var leases = (registry ?? Registry).Acquire([name]);
        leases[0].Unavailable.Should().BeNull();

        // Each call has a token of its own, as in the chain: what a plugin registers with it goes when the call has gone.
        using var call = new CancellationTokenSource();
        var result = await leases[0].Processor!.ProcessAsync(Context(), call.Token);
        return System.Text.Encoding.UTF8.GetString(result.Output.Span);
    }

    public PluginStatus Status(string name) => Registry.Statuses.Should().ContainSingle(status => status.Name == name).Subject;

    public PluginStatus Status(string name, GenerationState state) =>
        Registry.Statuses.Should().ContainSingle(status => status.Name == name && status.State == state).Subject;

    private async Task<string?> TryCallAsync(string name)
    {
        using var leases = Registry.Acquire([name]);
        return leases[0].Processor is { } processor
            ? System.Text.Encoding.UTF8.GetString((await processor.ProcessAsync(Context(), TestContext.Current.CancellationToken)).Output.Span)
            : null;
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
        Log = new PluginLog(new CollectingLog(), "p", "1", 1),
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        await Registry.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
