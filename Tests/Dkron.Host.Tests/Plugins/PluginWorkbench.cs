using Dkron.Abstractions;
using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

/// <summary>A temporary plugin folder, a data directory and a registry over both.</summary>
internal sealed class PluginWorkbench : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("dkron-plugins-").FullName;

    public PluginWorkbench()
    {
        Folder = Directory.CreateDirectory(Path.Combine(_root, "plugins")).FullName;
        Later = Directory.CreateDirectory(Path.Combine(_root, "later")).FullName;
        Data = Directory.CreateDirectory(Path.Combine(_root, "data")).FullName;
        Registry = NewRegistry();
    }

    public string Folder { get; }

    public string Later { get; }

    public string Data { get; }

    public CollectingLog Log { get; } = new();

    public PluginRegistry Registry { get; }

    public PluginRegistry NewRegistry() => new([Folder, Later], Data, Log, TimeProvider.System, TimeSpan.FromSeconds(5));

    public Task LoadAsync() => Registry.LoadAllAsync(TestContext.Current.CancellationToken);

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
        var result = await leases[0].Processor!.ProcessAsync(Context(), TestContext.Current.CancellationToken);
        return System.Text.Encoding.UTF8.GetString(result.Output.Span);
    }

    public PluginStatus Status(string name) => Registry.Statuses.Should().ContainSingle(status => status.Name == name).Subject;

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
        await Registry.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }
}
