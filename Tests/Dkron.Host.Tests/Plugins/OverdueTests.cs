namespace Dkron.Host.Tests.Plugins;

public sealed class OverdueTests : IAsyncDisposable
{
    private const string Name = "overdue";

    private readonly PluginWorkbench _bench = new(PluginWorkbench.Quick);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_disposal_that_ended_late_is_not_told_to_run_still()
    {
        var end = Path.Combine(_bench.Root, "end");
        var told = await ReplaceAsync(
            $$"""
            public ValueTask DisposeAsync() { while (!System.IO.File.Exists("{{end}}")) { Thread.Yield(); } return default; }
            public TheProcessor() => new Thread(() => Stay.WaitOne()) { IsBackground = true }.Start();
            """,
            "IExecutionProcessor, IAsyncDisposable",
            () => File.WriteAllText(end, ""));

        told.Should().NotContain("DisposeAsync still runs").And.Contain("not known what");
    }

    [Fact]
    public async Task A_handler_that_hangs_when_it_is_unloaded_is_told_as_what_it_is()
    {
        var told = await ReplaceAsync(
            "public TheProcessor() => System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(GetType().Assembly)!.Unloading += _ => Stay.WaitOne();",
            "IExecutionProcessor",
            () => { });

        told.Should().Contain("a handler of its load context's Unloading still runs").And.NotContain("DisposeAsync still runs");
    }

    /// <summary>Replaces a plugin, does something once it is late with its end, and gives what is told of it then.</summary>
    private async Task<string> ReplaceAsync(string members, string interfaces, Action onLate)
    {
        _bench.Add(Name, PluginCompiler.Processor("\"\"", members + " static readonly ManualResetEvent Stay = new(false);", interfaces));
        await _bench.WatchAsync();
        _bench.AddGood(Name, "two");
        await Until.TrueAsync(() => Told("did not end within") is not null);
        onLate();
        await Until.TrueAsync(() => Told("is still in memory") is not null);
        return Told("is still in memory")!;
    }

    private string? Told(string text) => _bench.Log.Entries.Select(entry => entry.Message).FirstOrDefault(message => message.StartsWith($"Plugins: {Name} ", StringComparison.Ordinal) && message.Contains(text));
}
