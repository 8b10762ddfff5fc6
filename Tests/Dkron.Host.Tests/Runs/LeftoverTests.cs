using System.Diagnostics;
using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Execution;
using Dkron.Host.Execution.Native;
using Dkron.Host.Records;
using Dkron.Host.Tests.Execution;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dkron.Host.Tests.Runs;

public sealed class LeftoverTests : IDisposable
{
    private readonly RunsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_command_that_outlived_its_host_is_ended_though_its_process_is_not_on_record()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /proc.");
        RunsHost.Write(_folder.Path, new { a = new { schedule = "@manually", command = "sleep 600", concurrency = "forbid" } });
        var id = await ClaimAsync("a");
        await using var bench = new CommandBench();
        ProcessIdentity? process = null;
        var run = bench.Run() with { Environment = new Dictionary<string, string> { [MarkedProcesses.Mark] = id }, OnStarted = started => process = started };
        var command = bench.RunAsync(CommandBench.Program("sleep", "600"), run);
        await Wait.Until(() => process is not null && MarkedProcesses.Find().Of(id).Any(one => one.ProcessId == process.ProcessId));

        await using var host = await RunsHost.StartAsync(_folder.Path);
        await Wait.Until(() => host.Records.Find(id)!.Info.Status == ExecutionStatus.Lost);

        host.Records.Find(id)!.Info.Error.Should().Contain($"its process {process!.ProcessId} was still there and was ended");
        (await command).Signal.Should().Be(15);
        (await host.RunAsync("a")).Status.Should().Be(ExecutionStatus.Running, "what was lost blocks nothing");
        host.Executions.StopAll("the test ends");
    }

    [Fact]
    public async Task What_a_command_that_is_gone_has_left_in_its_session_is_ended_when_it_bears_its_mark_and_else_reported()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /proc.");
        RunsHost.Write(_folder.Path, new { a = new { schedule = "@manually", command = "true", concurrency = "forbid" } });
        var id = await ClaimAsync("a");
        const string Script = "sleep 600 <&- >&- 2>&- & echo $!; env -i sleep 600 <&- >&- 2>&- & echo $!; read line";
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Script]) { RedirectStandardInput = true, RedirectStandardOutput = true, Environment = { [MarkedProcesses.Mark] = id } };
        using var shell = Process.Start(start)!;
        using var marked = Process.GetProcessById(await ReadIdAsync(shell));
        using var unmarked = Process.GetProcessById(await ReadIdAsync(shell));
        try
        {
            await Wait.Until(() => MarkedProcesses.Find().In(shell.Id).Count() == 3 && MarkedProcesses.Find().Of(id).Count() == 2);
            await NoteProcessAsync(id, ProcessGroups.Identify(shell.Id));
            shell.StandardInput.Close();
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

            await using var host = await RunsHost.StartAsync(_folder.Path);
            await Wait.Until(() => host.Records.Find(id)!.Info.Status == ExecutionStatus.Lost);

            host.Records.Find(id)!.Info.Error.Should().Contain($"its process {shell.Id} is gone, and what it had started ({marked.Id}) was still there and was ended").And.EndWith($"left alone: {unmarked.Id}");
            (ProcessStat.Read(marked.Id) is { IsAlive: true }).Should().BeFalse();
            (ProcessStat.Read(unmarked.Id) is { IsAlive: true }).Should().BeTrue("it may be another's");
        }
        finally
        {
            shell.Kill();
            marked.Kill();
            unmarked.Kill();
        }
    }

    [Fact]
    public async Task A_command_that_left_no_process_is_lost_and_said_to_be()
    {
        RunsHost.Write(_folder.Path, new { a = new { schedule = "@manually", command = "true" } });
        var id = await ClaimAsync("a");

        await using var host = await RunsHost.StartAsync(_folder.Path);
        await Wait.Until(() => host.Records.Find(id)!.IsProcessed);

        host.Records.Find(id)!.Info.Error.Should().Be("the host ended while its command ran, and its output is lost; no process of it is left");
    }

    [Fact]
    public async Task What_a_command_had_written_when_its_host_was_killed_is_kept()
    {
        RunsHost.Write(_folder.Path, new { a = new { schedule = "@manually", command = "head -c 200000 /dev/zero | tr '\\0' x; sleep 600", shell = true } });
        await using var killed = await RunsHost.StartAsync(_folder.Path);
        var first = await killed.RunAsync("a");
        await Wait.Until(() => Directory.EnumerateFiles(_folder.Path, "*.growing", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length) >= 200_000);
        _folder.Kill();

        await using var host = await RunsHost.StartAsync(_folder.Path);
        await Wait.Until(() => host.Records.Find(first.Id)!.Info.Status == ExecutionStatus.Lost);

        var record = host.Records.Find(first.Id)!;
        record.Info.Error.Should().Contain("its output up to then is kept");
        record.Output.ToString().Should().StartWith(new string('x', 200_000)).And.Contain("[dkron: the host was killed here");
        host.Records.Check(TestContext.Current.CancellationToken).Should().BeEmpty();
    }

    private static async Task<int> ReadIdAsync(Process shell) =>
        int.Parse((await shell.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!, CultureInfo.InvariantCulture);

    private async Task NoteProcessAsync(string id, ProcessIdentity process)
    {
        await using var records = ExecutionRecords.Open(_folder.At("data"), "node-1", new RecordOptions(), TimeProvider.System, NullLogger.Instance);
        records.NoteProcess(id, process);
    }

    /// <summary>What a host leaves that was killed a moment after it had claimed an execution.</summary>
    private async Task<string> ClaimAsync(string job)
    {
        await using var before = await RunsHost.StartAsync(_folder.Path);
        var now = TimeProvider.System.GetUtcNow();
        var info = new ExecutionInfo
        {
            Id = before.Records.NewId(),
            JobName = job,
            NodeName = "node-1",
            Group = UnixNanoseconds.From(now),
            Attempt = 1,
            ScheduledAt = now,
            StartedAt = now,
            FinishedAt = now,
            Status = ExecutionStatus.Running,
        };
        await before.Records.ClaimAsync(info, CancellationToken.None);
        return info.Id;
    }
}
