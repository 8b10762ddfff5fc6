using Dkron.Abstractions;
using Dkron.Host.Records;

namespace Dkron.Host.Tests.Records;

public sealed class LostCommitsTests : RecordsFolder
{
    private const int Executions = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Killed => Path.Combine(Folder, "killed");

    private string KilledLog => Path.Combine(Killed, "records.db-wal");

    [Fact]
    public async Task The_log_of_a_killed_agent_brings_everything_and_nothing_is_reported()
    {
        await WriteAndKillAsync();

        await using var records = Open(folder: Killed);

        records.List(new ExecutionQuery(), Token).Should().HaveCount(Executions);
        Log.Should().NotContain(line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Commits_behind_a_damage_of_the_log_are_reported_once_and_the_log_is_kept_as_it_was_found()
    {
        await WriteAndKillAsync();
        var damaged = FlipInTheMiddle();

        await using (var records = Open(folder: Killed))
        {
            records.List(new ExecutionQuery(), Token).Should().HaveCountLessThan(Executions).And.NotBeEmpty();
            await RunAsync(records);
        }

        Log.Should().ContainSingle(line => line.StartsWith("Error 4034", StringComparison.Ordinal));
        (await File.ReadAllBytesAsync(Directory.GetFiles(Killed, "records.db-wal.damaged-*").Single(), Token)).Should().Equal(damaged);
        Log.Clear();
        await using var reopened = Open(folder: Killed);
        Log.Should().BeEmpty();
        reopened.Check(Token).Should().BeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_database_of_which_nothing_is_left_is_set_aside_with_its_log_which_SQLite_would_delete(int length)
    {
        await WriteAndKillAsync();
        using (var database = File.OpenWrite(Path.Combine(Killed, "records.db")))
        {
            database.SetLength(length);
        }

        var log = await File.ReadAllBytesAsync(KilledLog, Token);
        var reading = () => RecordReader.Open(Killed);
        reading.Should().Throw<RecordsException>();

        await using var records = Open(folder: Killed);
        await RunAsync(records);

        Log.Should().ContainSingle(line => line.StartsWith("Error 4030", StringComparison.Ordinal));
        new FileInfo(Directory.GetFiles(Killed, "records.db.damaged-*").Single()).Length.Should().Be(length);
        (await File.ReadAllBytesAsync(Directory.GetFiles(Killed, "records.db-wal.damaged-*").Single(), Token)).Should().Equal(log);
        records.List(new ExecutionQuery(), Token).Should().ContainSingle();
    }

    [Fact]
    public async Task Until_an_agent_has_seen_it_a_damaged_log_is_refused_to_readers_and_found_by_the_check()
    {
        await WriteAndKillAsync();
        FlipInTheMiddle();

        var opening = () => RecordReader.Open(Killed);
        using var reader = new RecordReader(new DataPaths(Killed), mustExist: true);

        opening.Should().Throw<RecordsException>().WithMessage("*last commits are missing*Start the agent once*");
        reader.Check(Token).Should().ContainSingle().Which.Should().Contain("which were acknowledged, are missing");
    }

    [Fact]
    public async Task Output_files_whose_records_are_lost_are_kept()
    {
        await WriteAndKillAsync(output: string.Concat(Enumerable.Range(0, 30_000).Select(i => $"{i * 7919L:x}")));
        File.Delete(KilledLog);
        foreach (var file in Directory.GetFiles(Path.Combine(Killed, "output"), "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1));
        }

        await using var records = Open(folder: Killed);

        records.List(new ExecutionQuery(), Token).Should().BeEmpty();
        await UntilAsync(() => Directory.GetDirectories(Killed, "output.damaged-*").SelectMany(Directory.GetFiles).Count() == Executions);
    }

    [Fact]
    public async Task A_database_that_is_gone_is_reported_and_a_new_one_is_made()
    {
        await WriteAndKillAsync();
        File.Delete(Path.Combine(Killed, "records.db"));
        File.Delete(KilledLog);

        await using var records = Open(folder: Killed);

        records.List(new ExecutionQuery(), Token).Should().BeEmpty();
        Log.Should().Contain(line => line.StartsWith("Error 4036", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_mark_is_reported_and_made_anew()
    {
        await WriteAndKillAsync();
        await File.WriteAllTextAsync(Path.Combine(Killed, "records.commits"), "garbage", Token);

        await using (var records = Open(folder: Killed))
        {
            records.List(new ExecutionQuery(), Token).Should().HaveCount(Executions);
        }

        Log.Should().ContainSingle(line => line.StartsWith("Warning 4035", StringComparison.Ordinal));
        Log.Clear();
        await using var reopened = Open(folder: Killed);
        Log.Should().BeEmpty();
    }

    [Fact]
    public async Task Output_files_without_a_record_are_kept_when_the_mark_is_damaged()
    {
        await WriteAndKillAsync();
        var orphan = Directory.CreateDirectory(Path.Combine(Killed, "output", "2026-01-01")).FullName + "/1767225600000000000-node-1.processed";
        await File.WriteAllTextAsync(orphan, "of a commit that is lost", Token);
        File.SetLastWriteTimeUtc(orphan, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await File.WriteAllTextAsync(Path.Combine(Killed, "records.commits"), "garbage", Token);

        await using var records = Open(folder: Killed);

        await UntilAsync(() => !File.Exists(orphan));
        Directory.GetDirectories(Killed, "output.damaged-*").SelectMany(Directory.GetFiles).Should().ContainSingle(file => file.EndsWith("1767225600000000000-node-1.processed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_log_has_its_length_from_the_beginning_but_not_on_a_small_disk()
    {
        Assert.SkipUnless(LogSync.IsOurs, "Here SQLite syncs its log itself.");
        using var disk = SmallDisk.Mount(Path.Combine(Folder, "disk"), "48m");
        await using var small = Open(folder: disk.Folder);
        await using var large = Open(folder: Path.Combine(Folder, "large"));
        await RunAsync(small);
        await RunAsync(large);

        new FileInfo(Path.Combine(disk.Folder, "records.db-wal")).Length.Should().BeLessThan(LogSync.Reserve);
        new FileInfo(Path.Combine(Folder, "large", "records.db-wal")).Length.Should().Be(LogSync.Reserve);
    }

    /// <summary>Writes executions and copies the files as they lie there, as a kill would leave them: all is in the log.</summary>
    private async Task WriteAndKillAsync(string output = "all is well")
    {
        var live = Path.Combine(Folder, "live");
        await using var records = Open(folder: live);
        for (var i = 0; i < Executions; i++)
        {
            await RunAsync(records, output: output);
        }

        CopyFolder(live, Killed);
        Log.Clear();
    }

    private byte[] FlipInTheMiddle()
    {
        var bytes = File.ReadAllBytes(KilledLog);
        bytes[Array.FindLastIndex(bytes, value => value != 0) / 2] ^= 4;
        File.WriteAllBytes(KilledLog, bytes);
        return bytes;
    }
}
