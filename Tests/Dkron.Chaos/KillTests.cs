namespace Dkron.Chaos;

public sealed class KillTests
{
    [Fact]
    public async Task Five_kills_under_load_lose_nothing_and_repeat_only_what_was_in_flight()
    {
        using var report = new StringWriter();

        var findings = await new KillRun(new ChaosOptions { Kills = 5, Rate = 100, Seed = 4 }, report).RunAsync();

        TestContext.Current.SendDiagnosticMessage(report.ToString());
        findings.Should().BeEmpty(report.ToString());
    }
}
