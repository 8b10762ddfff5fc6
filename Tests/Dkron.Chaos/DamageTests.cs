namespace Dkron.Chaos;

public sealed class DamageTests
{
    [Fact]
    public async Task A_hundred_damages_of_database_log_and_outputs_give_no_wrong_answer_silently()
    {
        using var report = new StringWriter();

        var findings = await new DamageRun(100, seed: 4, report).RunAsync();

        findings.Should().BeEmpty(report.ToString());
    }
}
