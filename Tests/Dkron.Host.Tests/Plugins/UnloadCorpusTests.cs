using System.Diagnostics;
using System.Reflection;

namespace Dkron.Host.Tests.Plugins;

public sealed class UnloadCorpusTests
{
    private const string Begin = "<!-- table: kept by UnloadCorpusTests -->\n";
    private const string End = "<!-- end of table -->";

    private static string Page
    {
        get
        {
            var metadata = typeof(UnloadCorpusTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(attribute => attribute.Key, attribute => attribute.Value);
            return Path.Combine(metadata["TestPluginsFolder"]!, "..", "..", "Dkron.Host", "Plugins", "README-authors.md");
        }
    }

    [Fact]
    public async Task What_keeps_a_replaced_version_in_memory_is_what_the_authors_page_says()
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [UnloadCorpusProcess.Verb]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

        var (stays, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.Should().Be(0, "{0}", await errors);
        (await stays).Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().BeEquivalentTo(UnloadCorpus.Rows.Where(row => !row.Unloads).Select(row => row.What));
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
}
