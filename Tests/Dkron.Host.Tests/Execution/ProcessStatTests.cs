using System.Text;
using Dkron.Host.Execution.Native;

namespace Dkron.Host.Tests.Execution;

public sealed class ProcessStatTests
{
    // The fields are those of proc_pid_stat(5), taken from a real process; the names are what prctl(2) allows.
    private const string Fields = "S 1 4711 4710 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654321 8658944 1376 18446744073709551615";

    [Theory]
    [InlineData("bash")]
    [InlineData("a b c")]
    [InlineData("x) R 1 2 3 (y")]
    [InlineData("(sd-pam)")]
    public void A_name_may_hold_anything(string name)
    {
        var stat = ProcessStat.Parse(4712, Encoding.UTF8.GetBytes($"4712 ({name}) {Fields}\n"));

        stat.Should().Be(new ProcessStat(4712, 'S', 4711, 4710, 987654321));
    }

    [Theory]
    [InlineData("")]
    [InlineData("4712 (bash")]
    [InlineData("4712 (bash) S 1 2")]
    public void What_is_no_stat_is_none(string text)
    {
        var stat = ProcessStat.Parse(4712, Encoding.UTF8.GetBytes(text));

        stat.Should().BeNull();
    }

    [Fact]
    public void This_very_process_lives()
    {
        var stat = ProcessStat.Read(Environment.ProcessId);

        stat.Should().NotBeNull();
        stat!.Value.IsAlive.Should().BeTrue();
        stat.Value.StartTicks.Should().BePositive();
    }
}
