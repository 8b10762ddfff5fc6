using System.Security.Cryptography;
using Dkron.Abstractions;
using Dkron.Host.Records;
using Microsoft.Data.Sqlite;

namespace Dkron.Host.Tests.Records;

public sealed class DiskTests : RecordsFolder
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_that_another_program_keeps_locked_delays_writes_and_loses_none()
    {
        await using var records = Open();
        var before = Started(records);
        await records.ClaimAsync(before, Token);
        Task finish;
        using (var other = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            other.Open();
            RecordSchema.Execute(other, "BEGIN IMMEDIATE");

            finish = records.FinishAsync(Finished(before), Result(Finished(before)), hasSteps: false, Token);
            await UntilAsync(() => !records.IsWritable);
            records.Health.Reason.Should().Contain("another program keeps it locked");
            records.Health.WaitingWrites.Should().Be(1);
            finish.IsCompleted.Should().BeFalse();
            RecordSchema.Execute(other, "ROLLBACK");
        }

        await finish;

        records.Health.Should().Be(new RecordsHealth(null, null, 0));
        records.Find(before.Id)!.Info.Status.Should().Be(ExecutionStatus.Succeeded);
        Log.Count(line => line.StartsWith("Error 4001", StringComparison.Ordinal)).Should().Be(1);
        Log.Count(line => line.StartsWith("Information 4002", StringComparison.Ordinal)).Should().Be(1);
    }

    [Fact]
    public async Task A_waiting_write_can_be_cancelled_and_is_then_not_done()
    {
        await using var records = Open();
        await RunAsync(records);
        using var other = new SqliteConnection($"Data Source={Database};Pooling=False");
        other.Open();
        RecordSchema.Execute(other, "BEGIN IMMEDIATE");
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var started = Started(records);

        var claim = records.ClaimAsync(started, cancellation.Token);
        await UntilAsync(() => !records.IsWritable);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => claim);
        RecordSchema.Execute(other, "ROLLBACK");
        await RunAsync(records);
        records.Find(started.Id).Should().BeNull();
    }

    [Fact]
    public async Task A_write_that_is_cancelled_while_it_is_tried_is_not_tried_again_when_that_fails()
    {
        var request = new WriteRequest<bool>(_ => true);
        request.TryTake();
        request.TryCancel(new CancellationToken(canceled: true));
        request.Task.IsCompleted.Should().BeFalse("it may be on its way to the disk");

        request.PutBack();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request.Task);
        request.TryTake().Should().BeFalse();
    }

    [Fact]
    public async Task More_than_may_wait_waits_at_its_caller_and_all_of_it_is_written()
    {
        await using var records = Open(new RecordOptions { MaxWaitingWrites = 16 });
        await RunAsync(records);
        Task[] claims;
        using (var other = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            other.Open();
            RecordSchema.Execute(other, "BEGIN IMMEDIATE");
            claims = [.. Enumerable.Range(0, 200).Select(_ => records.ClaimAsync(Started(records), Token))];
            await UntilAsync(() => !records.IsWritable);
            records.Health.WaitingWrites.Should().Be(16);
            RecordSchema.Execute(other, "ROLLBACK");
        }

        await Task.WhenAll(claims);

        records.List(new ExecutionQuery { Limit = 1000 }, Token).Should().HaveCount(201);
    }

    [Fact]
    public async Task A_data_directory_that_goes_away_is_a_clear_state_and_coming_back_heals_it()
    {
        var data = Path.Combine(Folder, "data");
        await using var records = Open(folder: data);
        await RunAsync(records);

        Directory.Move(data, data + "-away");
        var started = Started(records);
        var claim = records.ClaimAsync(started, Token);
        await UntilAsync(() => !records.IsWritable);
        records.Health.Reason.Should().Contain("deleted or moved");
        var reading = () => records.List(new ExecutionQuery(), Token);
        reading.Should().Throw<RecordsException>().WithMessage("*gone*");
        Directory.Move(data + "-away", data);

        (await claim).Should().BeTrue();
        records.List(new ExecutionQuery(), Token).Should().HaveCount(2);
    }

    [Fact]
    public async Task A_data_directory_that_is_put_back_as_a_copy_is_not_written_to_until_the_agent_is_restarted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a file that is open cannot be replaced.");
        var data = Path.Combine(Folder, "data");
        var records = Open(folder: data);
        var before = await RunAsync(records);
        Directory.Move(data, data + "-away");
        var claim = records.ClaimAsync(Started(records), Token);
        await UntilAsync(() => !records.IsWritable);

        CopyFolder(data + "-away", data);
        await UntilAsync(() => records.Health.Reason?.Contains("it was replaced", StringComparison.Ordinal) is true);

        records.Health.Reason.Should().Contain("Restart the agent");
        claim.IsCompleted.Should().BeFalse();
        await records.DisposeAsync();
        await Assert.ThrowsAsync<RecordsException>(() => claim);
        await using var restarted = Open(folder: data);
        var after = await RunAsync(restarted);
        restarted.List(new ExecutionQuery(), Token).Select(record => record.Info.Id).Should().Equal(after.Id, before.Id);
    }

    [Fact]
    public async Task What_cannot_be_written_before_the_end_is_told_to_its_caller()
    {
        var data = Path.Combine(Folder, "data");
        var records = Open(folder: data);
        await RunAsync(records);
        Directory.Delete(data, recursive: true);
        var claim = records.ClaimAsync(Started(records), Token);
        await UntilAsync(() => !records.IsWritable);

        await records.DisposeAsync();

        (await Assert.ThrowsAsync<RecordsException>(() => claim)).Message.Should().Contain("before this could be written");
        Log.Should().Contain(line => line.StartsWith("Critical 4013", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_disk_keeps_results_in_memory_until_there_is_room()
    {
        using var disk = SmallDisk.Mount(Path.Combine(Folder, "disk"), "2m");
        await using var records = Open(folder: disk.Folder);
        var started = Enumerable.Range(0, 20).Select(_ => Started(records)).ToArray();
        await Task.WhenAll(started.Select(one => records.ClaimAsync(one, Token)));
        disk.Fill();

        var output = new string('o', 500) + string.Concat(Enumerable.Range(0, 6000).Select(i => $"{i * 7919L:x}"));
        var finishing = started.Select(one => records.FinishAsync(Finished(one), Result(Finished(one), ExecutionOutput.FromText(output)), hasSteps: false, Token)).ToArray();
        await UntilAsync(() => !records.IsWritable);
        records.Health.Reason.Should().Contain("full");
        disk.Free();
        await Task.WhenAll(finishing);

        records.IsWritable.Should().BeTrue();
        records.List(new ExecutionQuery(), Token).Should().HaveCount(20).And.OnlyContain(record => record.Output.ToString() == output);
        records.Check(Token).Should().BeEmpty();
    }

    [Fact]
    public async Task Outputs_whose_files_cannot_be_written_are_one_error_until_the_last_of_them_is_written_whatever_small_ones_come_between()
    {
        await using var records = Open();
        var started = Enumerable.Range(0, 4).Select(_ => Started(records)).ToArray();
        await Task.WhenAll(started.Select(one => records.ClaimAsync(one, Token)));
        Task FinishAsync(ExecutionInfo one, byte[] output) => records.FinishAsync(Finished(one), Result(Finished(one), ExecutionOutput.FromBytes(output)), hasSteps: false, Token);
        var large = RandomNumberGenerator.GetBytes(200_000);
        await File.WriteAllTextAsync(Path.Combine(Folder, "output"), "in the place of the folder", Token);

        var first = FinishAsync(started[0], large);
        await UntilAsync(() => !records.IsWritable);
        await FinishAsync(started[1], [1, 2, 3]);
        var second = FinishAsync(started[2], large);
        await FinishAsync(started[3], []);
        records.IsWritable.Should().BeFalse();
        records.Health.Reason.Should().Contain("An output file cannot be written");
        (first.IsCompleted, second.IsCompleted).Should().Be((false, false));
        File.Delete(Path.Combine(Folder, "output"));
        await Task.WhenAll(first, second);

        records.IsWritable.Should().BeTrue();
        records.Find(started[0].Id)!.Output.Length.Should().Be(large.Length);
        Log.Count(line => line.StartsWith("Error 4001", StringComparison.Ordinal)).Should().Be(1);
        Log.Count(line => line.StartsWith("Information 4002", StringComparison.Ordinal)).Should().Be(1);
    }

    [Fact(Timeout = 300_000)]   // a commit that finds no room waits for it
    public async Task A_full_disk_that_keeps_the_log_from_the_database_fails_no_commit_that_found_room_in_the_log()
    {
        var token = TestContext.Current.CancellationToken;
        using var disk = SmallDisk.Mount(Path.Combine(Folder, "disk"), "128m");
        await using var records = Open(folder: disk.Folder);
        var output = ExecutionOutput.FromBytes(RandomNumberGenerator.GetBytes(60_000));
        async Task WriteAsync(ExecutionInfo one)
        {
            await records.ClaimAsync(one, token);
            await records.FinishAsync(Finished(one), Result(Finished(one), output), hasSteps: false, token);
        }

        // So much that the checkpointer finds the log long, and leaves the rest of it to the writer.
        var database = new FileInfo(Path.Combine(disk.Folder, "records.db"));
        for (var i = 0; i < 1000 && database.Length < 20_000_000; i++, database.Refresh())
        {
            await WriteAsync(Started(records));
        }

        database.Length.Should().BeGreaterThan(20_000_000);
        using (var other = new SqliteConnection($"Data Source={database.FullName};Pooling=False"))
        {
            other.Open();
            await Until.TrueAsync(() => HasCarriedAll(other), "the checkpointer, which may be at work, leaves nothing");
        }

        disk.Fill();
        var before = records.Histories().Single().SuccessCount;
        for (var i = 0; i < 20; i++)
        {
            await WriteAsync(Started(records));
        }

        Log.Should().NotContain(line => line.StartsWith("Error", StringComparison.Ordinal));
        records.Histories().Single().SuccessCount.Should().Be(before + 20);
        disk.Free();
    }

    [Fact]
    public async Task What_was_committed_and_could_not_be_synced_is_not_written_twice_and_not_acknowledged_before_it_is_in_the_database()
    {
        Assert.SkipUnless(LogSync.IsOurs, "Here SQLite syncs its log itself.");
        await using var records = Open();
        var started = Started(records);
        await records.ClaimAsync(started, Token);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task finish;
        using (BrokenSync.Of(Database + "-wal"))
        {
            finish = records.FinishAsync(Finished(started), Result(Finished(started), ExecutionOutput.FromBytes(RandomNumberGenerator.GetBytes(200_000))), hasSteps: false, cancellation.Token);
            await UntilAsync(() => !records.IsWritable);
            records.Health.Reason.Should().Contain("cannot be synced");
            finish.IsCompleted.Should().BeFalse();
            await cancellation.CancelAsync();
        }

        await finish;

        new FileInfo(Database + "-wal").Length.Should().BeLessThan(LogSync.Reserve, "the log was carried into the database and began anew");
        using (var other = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            other.Open();
            RecordSchema.Number(other, "SELECT value FROM totals WHERE name = 'file_bytes'").Should().Be(200_000);
        }

        records.Histories().Single().SuccessCount.Should().Be(1);
        records.Check(Token).Should().BeEmpty();
        await RunAsync(records);
    }

    [Fact]
    public async Task A_file_system_that_becomes_read_only_heals_when_it_is_writable_again()
    {
        using var disk = SmallDisk.Mount(Path.Combine(Folder, "disk"), "16m");
        await using (var records = Open(folder: disk.Folder))
        {
            await RunAsync(records);
            var started = Started(records);
            await records.ClaimAsync(started, Token);
            records.Find(started.Id).Should().NotBeNull();
        }

        await disk.RemountAsync("ro");
        var opening = () => Open(folder: disk.Folder);
        opening.Should().Throw<RecordsException>().WithMessage($"*{disk.Folder}*");
        await disk.RemountAsync("rw");

        await using var reopened = Open(folder: disk.Folder);
        reopened.List(new ExecutionQuery(), Token).Should().HaveCount(2);
    }

    /// <summary>Carries the log into the database. False when somebody else is at it or has left something.</summary>
    private static bool HasCarriedAll(SqliteConnection connection)
    {
        using var command = DatabaseConnections.Command(connection, "PRAGMA wal_checkpoint(PASSIVE)");
        using var reader = command.ExecuteReader();
        return reader.Read() && reader.GetInt64(0) == 0 && reader.GetInt64(1) == reader.GetInt64(2);
    }
}
