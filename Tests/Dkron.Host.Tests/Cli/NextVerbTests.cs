using System.Text.Json;
using Dkron.Host.Tests.Api;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Cli;

public sealed class NextVerbTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SomeCli _cli;

    public NextVerbTests() => _cli = new SomeCli(_folder.Path) { Time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero)) };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_schedule_that_begins_with_an_at_sign_is_no_response_file()
    {
        var run = await _cli.RunAsync("next", "@daily", "--timezone", "UTC");

        run.Should().Be(new CliRun(0, "2026-03-05T00:00:00Z\n", ""));
    }

    [Fact]
    public async Task As_many_times_as_asked_for_follow_the_given_one()
    {
        var run = await _cli.RunAsync("next", "@every 90s", "--after", "2026-01-01T00:00:00Z", "--count", "3");

        run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(DateTimeOffset.Parse).Should().Equal(
            DateTimeOffset.Parse("2026-01-01T00:01:30Z"), DateTimeOffset.Parse("2026-01-01T00:03:00Z"), DateTimeOffset.Parse("2026-01-01T00:04:30Z"));
    }

    [Fact]
    public async Task A_schedule_without_quotes_is_one_schedule()
    {
        var run = await _cli.RunAsync("next", "0", "0", "18", "4", "3", "*", "--timezone", "UTC");

        run.Output.Should().Be("2026-03-04T18:00:00Z\n");
    }

    [Fact]
    public async Task Times_have_the_offset_of_the_zone()
    {
        var run = await _cli.RunAsync("next", "0 0 18 * * *", "--timezone", "Europe/Madrid");

        run.Output.Should().Be("2026-03-04T18:00:00+01:00\n");
    }

    [Fact]
    public async Task The_name_decides_what_a_tilde_stands_for()
    {
        var run = await _cli.RunAsync("next", "0 0 ~ * * *", "--timezone", "UTC", "--name", "test_job");

        run.Output.Should().Be("2026-03-04T18:00:00Z\n"); // dkron.md 3.1, job_test
    }

    [Theory]
    [InlineData("@manually")]
    [InlineData("@at 2018-01-02T15:04:00Z")]
    public async Task What_does_not_fire_any_more_prints_nothing(string schedule)
    {
        var run = await _cli.RunAsync("next", schedule);

        run.Should().Be(new CliRun(0, "", ""));
    }

    [Theory]
    [InlineData("* * * *")]
    [InlineData("@never")]
    [InlineData("")]
    public async Task A_bad_schedule_is_explained_with_exit_code_2(string schedule)
    {
        var run = await _cli.RunAsync("next", schedule);

        (run.ExitCode, run.Output).Should().Be((2, ""));
        run.Error.Should().StartWith($"dkron: schedule '{schedule}': ").And.EndWith("\n");
        run.Error.Length.Should().BeGreaterThan($"dkron: schedule '{schedule}': \n".Length);
    }

    [Fact]
    public async Task Json_is_an_array_also_of_nothing()
    {
        var none = await _cli.RunAsync("next", "@manually", "--json");
        var some = await _cli.RunAsync("next", "@hourly", "--timezone", "UTC", "--count", "2", "--json");

        JsonSerializer.Deserialize<string[]>(none.Output).Should().BeEmpty();
        JsonSerializer.Deserialize<string[]>(some.Output).Should().Equal("2026-03-04T06:00:00Z", "2026-03-04T07:00:00Z");
    }

    [Theory]
    [InlineData("dkron: --count: '0' is not a whole number from 1 to 100000\n", "--count", "0")]
    [InlineData("dkron: --after: 'tomorrow' is not a time; expected one like 2026-01-31T18:00:00Z, or how long ago, like 2h\n", "--after", "tomorrow")]
    public async Task A_bad_option_is_explained(string error, params string[] options)
    {
        var run = await _cli.RunAsync(["next", "@daily", .. options]);

        run.Should().Be(new CliRun(2, "", error));
    }
}
