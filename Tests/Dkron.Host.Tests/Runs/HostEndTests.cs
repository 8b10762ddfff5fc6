using System.Runtime.InteropServices;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Runs;

public sealed class HostEndTests : IDisposable
{
    private readonly RunsFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGQUIT)]
    public async Task The_first_signal_ends_the_host_and_exactly_the_second_hurries(PosixSignal signal)
    {
        RunsHost.Write(_folder.Path, new { });
        await using var host = await RunsHost.StartAsync(_folder.Path, _time);

        host.End.Heed(signal);
        host.End.Heed(signal); // timeout(1) signals the process and its group at once
        var afterFirst = (host.End.IsEnding, host.End.Kill.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(1));
        host.End.Heed(signal);

        afterFirst.Should().Be((true, false));
        host.End.Kill.IsCancellationRequested.Should().BeTrue();
    }

    [Fact]
    public async Task The_first_signal_to_a_host_that_ends_by_itself_leaves_commands_their_grace()
    {
        RunsHost.Write(_folder.Path, new { });
        await using var host = await RunsHost.StartAsync(_folder.Path, _time);
        host.Lifetime.StopApplication();
        _time.Advance(TimeSpan.FromSeconds(1));

        host.End.Heed(PosixSignal.SIGTERM);

        host.End.Kill.IsCancellationRequested.Should().BeFalse();
    }
}
