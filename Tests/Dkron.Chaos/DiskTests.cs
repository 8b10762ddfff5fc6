using System.Diagnostics;
using Dkron.Host.Tests.Records;

namespace Dkron.Chaos;

public sealed class DiskTests
{
    private const int Rate = 40;
    private const string NothingCanBeWritten = "nothing can be written";

    [Fact]
    public async Task A_disk_that_fills_up_stops_the_firing_with_one_error_and_nothing_is_lost_when_there_is_room_again()
    {
        var folder = Agent.NewFolder();
        using var disk = SmallDisk.Mount(Directory.CreateTempSubdirectory("dkron-disk-").FullName, "64m");
        var trouble = new TroubledDisk(folder, Path.Combine(disk.Folder, "data"), Rate);

        var findings = await trouble.RunAsync(disk.Fill, disk.Free);

        findings.Should().BeEmpty();
        trouble.Status.Should().Contain("the disk is full");
        Lines(trouble.Stderr, NothingCanBeWritten).Should().ContainSingle().Which.Should().Contain("Make room");
    }

    [Fact]
    public async Task Files_that_become_read_only_stop_the_firing_with_one_error_and_nothing_is_lost_when_they_are_writable_again()
    {
        var folder = Agent.NewFolder();
        var data = Path.Combine(folder, "data");
        SkipUnlessFilesCanBeLocked(folder);
        var trouble = new TroubledDisk(folder, data, Rate);

        var findings = await trouble.RunAsync(() => Lock(data, "+i"), () => Lock(data, "-i"));

        findings.Should().BeEmpty();
        trouble.Status.Should().Contain("records.db");
        Lines(trouble.Stderr, NothingCanBeWritten).Should().ContainSingle();
    }

    [Fact]
    public async Task A_database_that_may_not_be_written_is_refused_in_words_at_the_start()
    {
        var folder = Agent.NewFolder();
        var data = Path.Combine(folder, "data");
        SkipUnlessFilesCanBeLocked(folder);
        const string Settings = """{ "Dkron": { "DataDirectory": "data" }, "Jobs": { "a": { "schedule": "@manually", "command": "true" } } }""";
        await using var first = await Agent.StartAsync(folder, Settings);
        (await first.StopAsync()).Should().Be(0);
        Lock(data, "+i");

        await using var second = Launched.Start(Repository.Dkron, ["--config", first.SettingsFile], folder);
        var exitCode = await second.ExitAsync();
        Lock(data, "-i");

        exitCode.Should().NotBe(0);
        second.Stderr.Should().Contain(Path.Combine(data, "records.db")).And.Contain("may not be written").And.NotContain("   at ");
    }

    [Fact]
    public async Task A_data_directory_that_is_deleted_is_one_error_and_no_end_and_the_next_start_begins_anew()
    {
        var folder = Agent.NewFolder();
        var data = Path.Combine(folder, "data");
        LoadJobs.Prepare(folder, Rate, data);
        await using (var agent = await Agent.StartAsync(folder, settings: null))
        {
            await Wait.Until(() => File.Exists(LoadJobs.DeliveriesIn(folder)), () => agent.Process.Stderr);
            Directory.Move(data, data + "-deleted");   // as a deletion, but at once
            await Wait.Until(() => agent.Process.Stderr.Contains("deleted or moved", StringComparison.Ordinal), () => agent.Process.Stderr);
            var until = TimeProvider.System.GetUtcNow().AddSeconds(3);   // several seconds of due firings
            await Wait.Until(() => TimeProvider.System.GetUtcNow() > until);
            agent.Process.HasExited.Should().BeFalse(agent.Process.Stderr);

            await agent.StopAsync();

            Lines(agent.Process.Stderr, NothingCanBeWritten).Should().ContainSingle();
            agent.Process.Stderr.Should().Contain("at the next start");

            await using var second = Launched.Start(Repository.Dkron, ["--config", agent.SettingsFile], folder);
            await Wait.Until(() => second.Stderr.Contains("Ready", StringComparison.Ordinal), () => second.Stderr);
            second.Signal("TERM");
            (await second.ExitAsync()).Should().Be(0, second.Stderr);
        }
    }

    private static IReadOnlyList<string> Lines(string text, string part) => [.. text.Split('\n').Where(line => line.Contains(part, StringComparison.Ordinal))];

    /// <summary>Root may write whatever the mode says; what binds root too is the attribute 'immutable' of ext4 and others.</summary>
    private static void SkipUnlessFilesCanBeLocked(string folder)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "Making files immutable needs root on Linux.");
        var probe = Path.Combine(folder, "probe");
        File.WriteAllText(probe, "");
        var isLocked = ChangeAttribute("+i", probe) == 0;
        _ = ChangeAttribute("-i", probe);
        Assert.SkipUnless(isLocked, "This file system knows no immutable files.");
    }

    private static void Lock(string data, string mode)
    {
        string[] files = [.. Directory.GetFiles(data, "records.db*").Where(file => !file.EndsWith("-shm", StringComparison.Ordinal))];
        ChangeAttribute([mode, .. files]).Should().Be(0);
    }

    private static int ChangeAttribute(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("chattr", arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
