using Dkron.Host.Jobs;

namespace Dkron.Host.Tests.Jobs;

public sealed class PolicyTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_job_that_says_nothing_skips_what_it_missed_and_allows_itself_beside_itself()
    {
        var job = _folder.WriteJob("\"owner\": \"me\"").Job();

        job.Should().Match<Job>(one => one.Misfire == Misfire.Skip && one.StartingDeadline == null && one.Concurrency == Concurrency.Allow && one.RetryBackoff == RetryBackoff.Default);
    }

    [Fact]
    public void Misfire_deadline_and_concurrency_are_read()
    {
        var job = _folder.WriteJob(""" "misfire": "once", "starting_deadline": "1h30m", "concurrency": "replace" """).Job();

        job.Should().Match<Job>(one => one.Misfire == Misfire.Once && one.StartingDeadline == TimeSpan.FromMinutes(90) && one.Concurrency == Concurrency.Replace);
    }

    [Theory]
    [InlineData(""" "misfire": "skipp" """, "misfire: 'skipp' is not skip, once or all; did you mean 'skip'?")]
    [InlineData(""" "misfire": "1" """, "misfire: '1' is not skip, once or all")]
    [InlineData(""" "starting_deadline": "0s" """, "starting_deadline: '0s' is not a duration")]
    [InlineData(""" "starting_deadline": "31d" """, "starting_deadline: '31d' is not a duration")]
    public void What_is_wrong_with_them_is_said(string fields, string problem)
    {
        _folder.WriteJob(fields).Problems().Should().ContainSingle().Which.Should().Contain(problem);
    }

    [Fact]
    public void Each_of_them_makes_it_another_job()
    {
        var plain = _folder.WriteJob("\"owner\": \"me\"").Job();

        foreach (var field in new[] { "\"misfire\": \"all\"", "\"starting_deadline\": \"5s\"", "\"retry_backoff\": \"5s\"", "\"concurrency\": \"replace\"" })
        {
            JobComparer.AreSame(plain, _folder.WriteJob($"\"owner\": \"me\", {field}").Job()).Should().BeFalse(field);
        }
    }

    [Fact]
    public void An_option_that_moves_from_the_nodes_section_into_the_job_makes_it_another_one_for_its_record()
    {
        Job Read(string section, string own) => _folder.Write($$"""{ "Processors": { "log": {{section}} }, "Jobs": { "nightly": { "schedule": "@daily", "command": "x", "processors": { "log": {{own}} } } } }""").Job();
        var before = Read("""{ "x": "1" }""", "{}");

        var after = Read("{}", """{ "x": "1" }""");

        after.Document.Should().NotBe(before.Document);
        JobComparer.AreSame(before, after).Should().BeFalse();
        JobComparer.AreSame(after, Read("{}", """{ "x": "1" }""")).Should().BeTrue();
    }
}
