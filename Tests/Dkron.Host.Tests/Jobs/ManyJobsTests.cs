using System.Text;
using Dkron.Host.Jobs;
using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Tests.Jobs;

public sealed class ManyJobsTests(ITestOutputHelper output) : IDisposable
{
    private const int Count = 100_000;
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_hundred_thousand_jobs_are_read_in_one_pass()
    {
        var content = Content(i => $$""" "schedule": "@every {{(i % 600) + 1}}s", "command": "/bin/echo {{i}}", "tags": { "role": "web" }, "processors": { "log": { "x": "{{i % 10}}" }, "files": { "forward": true } } """);

        var (result, elapsed) = Measured(content);

        output.WriteLine($"{Count} jobs in {elapsed.TotalMilliseconds:F0} ms of processor time");
        result.Jobs!.Jobs.Should().HaveCount(Count);
        elapsed.Should().BeLessThan(TimeSpan.FromMinutes(2), "the time must not grow with the square of the number");
    }

    [Fact]
    public void Reading_many_jobs_tells_how_far_it_is()
    {
        var told = new List<string>();

        SettingsCheck.Run(_folder.Reader(), Content(_ => """ "schedule": "@daily", "command": "true" """), _folder.Catalog, (read, count) => told.Add($"{read} of {count}"), CancellationToken.None);

        told.Should().Equal("20000 of 100000", "40000 of 100000", "60000 of 100000", "80000 of 100000", "100000 of 100000");
    }

    [Fact]
    public void A_hundred_thousand_bad_jobs_are_all_told()
    {
        var content = Content(i => $$""" "scedule": "@daily", "command": {{i}}, "parent_job": "job-x{{i}}", "processors": { "lgo": {} } """);

        var (result, elapsed) = Measured(content);

        output.WriteLine($"{result.Problems.Count} problems in {elapsed.TotalMilliseconds:F0} ms");
        result.Problems.Should().HaveCount(Count * 4);
        elapsed.Should().BeLessThan(TimeSpan.FromMinutes(2), "the time must not grow with the square of the number");
    }

    [Fact]
    public void A_chain_of_a_hundred_thousand_children_is_followed_without_recursion()
    {
        var content = Content(i => $$""" "command": "x", "parent_job": "job-{{(i + 1) % Count}}" """);

        var (result, _) = Measured(content);

        result.Problems.Should().ContainSingle().Which.Message.Should().Contain($"({Count - 10} more)");
    }

    private static SettingsContent Content(Func<int, string> fields)
    {
        var json = new StringBuilder("{ \"Jobs\": {\n");
        for (var i = 0; i < Count; i++)
        {
            json.Append($"\"job-{i}\": {{").Append(fields(i)).Append("},\n");
        }

        return SettingsContent.Of([new SettingsFileContent("/settings.json", Encoding.UTF8.GetBytes(json.Append("} }").ToString()), null)]);
    }

    private (SettingsCheckResult Result, TimeSpan Elapsed) Measured(SettingsContent content)
    {
        var reader = _folder.Reader();
        var before = Environment.CpuUsage.TotalTime;
        var result = SettingsCheck.Run(reader, content, _folder.Catalog, progress: null, CancellationToken.None);
        return (result, Environment.CpuUsage.TotalTime - before);
    }
}
