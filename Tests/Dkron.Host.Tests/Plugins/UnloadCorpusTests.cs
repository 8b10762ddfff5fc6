using System.Reflection;
using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

public sealed class UnloadCorpusTests : IAsyncDisposable
{
    private const string Begin = "<!-- table: kept by UnloadCorpusTests -->\n";
    private const string End = "<!-- end of table -->";

    private readonly PluginWorkbench _bench = new(PluginWorkbench.Quick);

    private static string Page
    {
        get
        {
            var metadata = typeof(UnloadCorpusTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(attribute => attribute.Key, attribute => attribute.Value);
            return Path.Combine(metadata["TestPluginsFolder"]!, "..", "..", "Dkron.Host", "Plugins", "README-authors.md");
        }
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task What_keeps_a_replaced_version_in_memory_is_what_the_authors_page_says()
    {
        for (var i = 0; i < UnloadCorpus.Rows.Count; i++)
        {
            _bench.Add($"row{i}", UnloadCorpus.Source(UnloadCorpus.Rows[i].Statement, UnloadCorpus.Rows[i].Members));
        }

        await _bench.WatchAsync();
        _bench.Log.Errors.Should().BeEmpty();
        for (var i = 0; i < UnloadCorpus.Rows.Count; i++)
        {
            (await _bench.CallAsync($"row{i}")).Should().Be("done", UnloadCorpus.Rows[i].What);
        }

        for (var i = 0; i < UnloadCorpus.Rows.Count; i++)
        {
            _bench.AddGood($"row{i}");
        }

        await _bench.Registry.ReloadAsync(null, TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => Enumerable.Range(0, UnloadCorpus.Rows.Count).All(i => Old($"row{i}") is null or GenerationState.Retained));

        // On a busy machine a version can be called retained before the collector came to it: what leaves memory with time has left it.
        Memory.Collect();
        UnloadCorpus.Rows.Where((_, i) => Old($"row{i}") is not (null or GenerationState.Unloaded)).Select(row => row.What)
            .Should().BeEquivalentTo(UnloadCorpus.Rows.Where(row => !row.Unloads).Select(row => row.What));
    }

    [Fact]
    public async Task The_table_of_the_authors_page_is_that_of_the_corpus()
    {
        var page = await File.ReadAllTextAsync(Page, TestContext.Current.CancellationToken);
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("DKRON_WRITE_DOCUMENTS") is not null)
        {
            page = string.Concat(page.AsSpan(0, begin), UnloadCorpus.Table, page.AsSpan(end));
            await File.WriteAllTextAsync(Page, page, TestContext.Current.CancellationToken);
        }

        page.Should().Contain(Begin + UnloadCorpus.Table + End, "DKRON_WRITE_DOCUMENTS=1 writes it anew");
    }

    private GenerationState? Old(string name) => _bench.Registry.Statuses.FirstOrDefault(status => status.Name == name && status.Generation == 1)?.State;
}
