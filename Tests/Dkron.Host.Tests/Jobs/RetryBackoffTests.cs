using Dkron.Host.Jobs;

namespace Dkron.Host.Tests.Jobs;

public sealed class RetryBackoffTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // from execution.go of Dkron 4.0.9; the first row is our deviation
    [Theory]
    [InlineData(0, "1,1.5,2")]
    [InlineData(1, "1.5,2,2.5")]
    [InlineData(60, "4,4.5,5")]
    [InlineData(3600, "7,7.5,8")]
    public void Without_a_word_the_wait_is_that_of_dkron(int ranSeconds, string waits)
    {
        var backoff = _folder.WriteJob("\"retries\": 3").Job().RetryBackoff;

        Waits(backoff, TimeSpan.FromSeconds(ranSeconds)).Should().Be(waits);
    }

    [Theory]
    [InlineData("\"30s\"", "30,30,30")]
    [InlineData("\"constant 2s\"", "2,2,2")]
    [InlineData("\"linear 10s max 25s\"", "10,20,25")]
    [InlineData("\"exponential 1s jitter 0%\"", "1,2,4")]
    [InlineData("\"exponential 20m jitter 0\"", "1200,2400,3600")]
    [InlineData("\"exponential 2h max 3h jitter 0\"", "7200,10800,10800")]
    [InlineData("""{ "kind": "linear", "delay": "1m", "max": "2m" }""", "60,120,120")]
    [InlineData("""{ "delay": "500ms" }""", "0.5,0.5,0.5")]
    [InlineData("""{ "kind": "exponential", "delay": "1s", "jitter": 0 }""", "1,2,4")]
    public void The_wait_is_as_it_is_written(string written, string waits)
    {
        var backoff = _folder.WriteJob($"\"retry_backoff\": {written}").Job().RetryBackoff;

        Waits(backoff, TimeSpan.FromSeconds(5)).Should().Be(waits);
        RetryBackoff.TryParse(backoff.ToString(), out var again).Should().BeTrue();
        again.Should().Be(backoff, "what is shown can be written");
    }

    [Fact]
    public void Jitter_takes_up_to_its_part_off_and_spreads()
    {
        var backoff = _folder.WriteJob("\"retry_backoff\": \"constant 100s jitter 50%\"").Job().RetryBackoff;

        var waits = Enumerable.Range(0, 1000).Select(seed => backoff.Before(2, TimeSpan.Zero, (ulong)seed).TotalSeconds).ToList();

        waits.Should().OnlyContain(wait => wait > 50 && wait <= 100);
        waits.Average().Should().BeInRange(73, 77);
        waits.Distinct().Should().HaveCountGreaterThan(990);
        backoff.Before(2, TimeSpan.Zero, 7).Should().Be(backoff.Before(2, TimeSpan.Zero, 7));
    }

    [Fact]
    public void No_wait_overflows()
    {
        var backoff = _folder.WriteJob("\"retry_backoff\": \"exponential 1s max 30d jitter 0\"").Job().RetryBackoff;

        backoff.Before(1_000_000, TimeSpan.Zero, 1).Should().Be(TimeSpan.FromDays(30));
    }

    [Theory]
    [InlineData("\"soon\"", "is not a wait such as 30s")]
    [InlineData("\"exponential\"", "is not a wait such as 30s")]
    [InlineData("\"dkron 1s\"", "is not a wait such as 30s")]
    [InlineData("\"linear 10s max 5s\"", "is not a wait such as 30s")]
    [InlineData("\"linear 10s max\"", "is not a wait such as 30s")]
    [InlineData("\"linear 10s jitter 120%\"", "is not a wait such as 30s")]
    [InlineData("\"constant 31d\"", "is not a wait such as 30s")]
    [InlineData("\"constant -1s\"", "is not a wait such as 30s")]
    [InlineData("""{ "kind": "exponental", "delay": "1s" }""", "did you mean 'exponential'?")]
    [InlineData("""{ "kind": "linear" }""", "retry_backoff.delay: is missing")]
    [InlineData("""{ "kind": "linear", "delay": "10s", "max": "5s" }""", "retry_backoff.max")]
    [InlineData("""{ "delay": "10s", "jitter": "1.5" }""", "retry_backoff.jitter")]
    [InlineData("""{ "delay": "10s", "maximum": "1m" }""", "is not a key of retry_backoff")]
    [InlineData("[]", "is not a wait such as 30s")]
    public void What_is_wrong_with_it_is_said(string written, string problem)
    {
        _folder.WriteJob($"\"retry_backoff\": {written}").Problems().Should().ContainSingle().Which.Should().Contain("retry_backoff").And.Contain(problem);
    }

    private static string Waits(RetryBackoff backoff, TimeSpan ran) =>
        string.Join(',', new[] { 2, 3, 4 }.Select(attempt => backoff.Before(attempt, ran, 1).TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
