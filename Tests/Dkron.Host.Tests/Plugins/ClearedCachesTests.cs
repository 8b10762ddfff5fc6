using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

/// <remarks>Alone, since whoever clears these caches clears them for the whole process.</remarks>
[Collection(nameof(Alone))]
public sealed class ClearedCachesTests : IAsyncDisposable
{
    private const string Name = "cached";

    private readonly PluginWorkbench _bench = new(PluginWorkbench.Quick);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task The_frameworks_caches_are_cleared_only_after_it_is_told_that_they_hold_a_version()
    {
        _bench.Add(Name, PluginCompiler.Processor("System.Text.Json.JsonSerializer.Serialize(new Own { Text = \"one\" })", "public class Own { public string Text { get; set; } = \"\"; }"));
        await _bench.WatchAsync();
        await _bench.CallAsync(Name);

        _bench.AddGood(Name, "two");

        await Until.TrueAsync(() => Told("has left memory") is not null);
        Told("is still in memory").Should().NotBeNull();
        _bench.Registry.Statuses.Should().ContainSingle(status => status.Name == Name).Which.State.Should().Be(GenerationState.Active);
    }

    private string? Told(string text) => _bench.Log.Entries.Select(entry => entry.Message).FirstOrDefault(message => message.StartsWith($"Plugins: {Name} 1.0.0 #1 ", StringComparison.Ordinal) && message.Contains(text));
}
