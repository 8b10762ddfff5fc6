using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dkron.Abstractions;
using Dkron.Host.Records;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Records;

public sealed class DamageTests : RecordsFolder
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("UPDATE executions SET status = 1")]
    [InlineData("UPDATE executions SET exit_code = 4")]
    [InlineData("UPDATE executions SET error = 'another error'")]
    [InlineData("UPDATE executions SET job = 77")]
    public async Task A_changed_record_is_shown_as_damaged_and_found_by_the_check(string change)
    {
        await using var records = Open();
        var finished = await RunAsync(records, status: ExecutionStatus.Failed);

        Sql(change);

        var record = records.Find(finished.Id)!;
        record.IsDamaged.Should().BeTrue();
        record.Info.Error.Should().StartWith("This record is damaged on disk");
        records.Check(Token).Should().Contain(finding => finding.Contains(ExecutionId.KeyOf(finished.Id).ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_changed_output_in_the_database_is_an_error()
    {
        await using var records = Open();
        var finished = await RunAsync(records, output: "all is well");

        Sql("UPDATE raw_outputs SET bytes = CAST('all is weLl' AS BLOB)");

        var reading = () => records.Find(finished.Id)!.Output.ToString();
        reading.Should().Throw<RecordsException>().WithMessage("*damaged*");
        records.Check(Token).Should().ContainSingle();
    }

    [Fact]
    public async Task A_changed_document_marks_the_record()
    {
        await using var records = Open();
        var started = Started(records);
        await records.ClaimAsync(started, "rm old", Token);

        Sql("UPDATE documents SET text = 'rm -r /'");

        records.Unfinished().Single().IsDamaged.Should().BeTrue();
        records.Check(Token).Should().ContainSingle();
    }

    [Fact]
    public async Task A_damaged_history_is_rebuilt_from_the_executions()
    {
        ExecutionInfo failed;
        await using (var records = Open())
        {
            await RunAsync(records);
            await RunAsync(records);
            failed = await RunAsync(records, status: ExecutionStatus.Failed);
        }

        Sql("UPDATE jobs SET success_count = 1000, last_error_at = 5");

        await using var reopened = Open();
        reopened.Histories().Single().Should().BeEquivalentTo(new { SuccessCount = 2, ErrorCount = 1, LastErrorAt = failed.FinishedAt, LastStatus = ExecutionStatus.Failed });
        Log.Should().Contain(line => line.StartsWith("Error 4032", StringComparison.Ordinal));
        await RunAsync(reopened);
        reopened.Check(Token).Should().BeEmpty();
    }

    [Theory]
    [InlineData("name")]
    [InlineData("first_seen_at")]
    [InlineData("success_count")]
    [InlineData("error_count")]
    [InlineData("kept")]
    public async Task A_history_that_has_no_value_any_more_where_there_must_be_one_is_rebuilt(string column)
    {
        await using (var records = Open())
        {
            await RunAsync(records);
        }

        SqlWithoutRules("jobs", $"UPDATE jobs SET {column} = NULL");

        await using var reopened = Open();
        Log.Should().Contain(line => line.StartsWith("Error 4032", StringComparison.Ordinal));
        reopened.Histories().Single().SuccessCount.Should().Be(1);
        (await RunAsync(reopened)).Should().NotBeNull();
    }

    [Theory]
    [InlineData("executions", "is_final = NULL")]
    [InlineData("executions", "outputs = NULL")]
    [InlineData("executions", "processed = NULL")]
    [InlineData("executions", "cause = NULL")]
    [InlineData("executions", "node = NULL")]
    [InlineData("executions", "crc = NULL")]
    [InlineData("executions", "status = 'text'")]
    [InlineData("executions", "error = CAST(x'ff80' AS TEXT)")]
    [InlineData("raw_outputs", "omitted_bytes = NULL")]
    [InlineData("raw_outputs", "length = NULL")]
    public async Task A_record_that_has_no_value_or_a_wrong_kind_of_value_is_shown_as_damaged_and_keeps_no_other_from_being_read(string table, string change)
    {
        ExecutionInfo damaged, open;
        await using (var records = Open())
        {
            damaged = await RunAsync(records, output: "all is well");
            open = Started(records, "other");
            await records.ClaimAsync(open, Token);
        }

        SqlWithoutRules(table, $"UPDATE {table} SET {change} WHERE {(table == "executions" ? "key" : "execution")} = {ExecutionId.KeyOf(damaged.Id)}");

        await using var reopened = Open();
        reopened.Unfinished().Should().ContainSingle(record => record.Info.Id == open.Id && !record.IsDamaged);
        reopened.List(new ExecutionQuery(), Token).Select(record => record.IsDamaged).Should().Equal(false, true);
        reopened.Find(damaged.Id)!.IsDamaged.Should().BeTrue();
        reopened.Check(Token).Should().NotBeEmpty();
    }

    [Fact]
    public async Task An_open_execution_that_has_no_value_where_there_must_be_one_does_not_keep_the_agent_from_starting()
    {
        await using (var records = Open())
        {
            await records.ClaimAsync(Started(records), Token);
        }

        SqlWithoutRules("executions", "UPDATE executions SET is_final = NULL, outputs = NULL");

        await using var reopened = Open();
        reopened.Unfinished().Should().ContainSingle().Which.IsDamaged.Should().BeTrue();
    }

    [Theory]
    [InlineData("executions_claim")]
    [InlineData("executions_started")]
    [InlineData("sqlite_autoindex_documents_1")]
    public async Task An_index_that_cannot_be_written_is_made_anew_at_the_next_start(string index)
    {
        ExecutionInfo first, second;
        await using (var records = Open())
        {
            first = await RunAsync(records, output: "all is well");
        }

        var damaged = ZeroRootOf(index);
        var failing = Open();
        var claim = failing.ClaimAsync(Started(failing), "a document", Token);
        await UntilAsync(() => !failing.IsWritable);
        failing.Health.Reason.Should().Contain("restart it");
        await failing.DisposeAsync();
        await Assert.ThrowsAsync<RecordsException>(() => claim);

        await using (var restarted = Open())
        {
            second = await RunAsync(restarted);
            restarted.List(new ExecutionQuery(), Token).Select(record => record.Info).Should().Equal(second, first);
            restarted.Find(first.Id)!.Output.ToString().Should().Be("all is well");
            restarted.Check(Token).Should().BeEmpty();
        }

        Log.Where(line => line.Contains(" 403", StringComparison.Ordinal)).Should().SatisfyRespectively(
            line => line.Should().StartWith("Warning 4038", "it may take long"),
            line => line.Should().StartWith("Error 4037"));
        (await File.ReadAllBytesAsync(Directory.GetFiles(Folder, "records.db.damaged-*").Single(), Token))[damaged].Should().OnlyContain(value => value == 0, "the damaged file is kept as it was found");
        Log.Clear();
        await using var again = Open();
        again.List(new ExecutionQuery(), Token).Should().HaveCount(2);
        Log.Should().BeEmpty();
    }

    [Fact]
    public async Task Output_files_are_kept_whose_records_may_have_been_lost_with_a_page_when_the_database_is_made_anew()
    {
        var orphan = await OrphanAsync();
        ZeroRootOf("executions_started");
        SuspectDatabase.Mark(new DataPaths(Folder));

        await using var restarted = Open();

        await UntilAsync(() => !File.Exists(orphan));
        Directory.GetDirectories(Folder, "output.damaged-*").SelectMany(Directory.GetFiles).Select(Path.GetFileName).Should().Equal(Path.GetFileName(orphan));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Output_files_are_kept_also_when_the_agent_ends_before_it_has_come_to_them(bool isMadeAnew)
    {
        var orphan = await OrphanAsync();
        if (isMadeAnew)
        {
            ZeroRootOf("executions_started");
            SuspectDatabase.Mark(new DataPaths(Folder));
        }
        else
        {
            await File.WriteAllTextAsync(Path.Combine(Folder, "records.commits"), "garbage", Token);
        }

        // Where the files go to lies something else, so that the agent does not come to an end with them.
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var folder = Path.Combine(Folder, time.GetUtcNow().ToString("'output.damaged-'yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture));
        await File.WriteAllTextAsync(folder, "in the way", Token);
        await using (Open(time: time))
        {
            await UntilAsync(() => Log.Any(line => line.StartsWith("Warning 4021", StringComparison.Ordinal)));
        }

        File.Delete(folder);
        await using (Open())
        {
            await UntilAsync(() => !File.Exists(orphan));
        }

        Directory.GetFiles(folder).Select(Path.GetFileName).Should().Equal(Path.GetFileName(orphan));
    }

    [Fact]
    public async Task What_was_lost_with_a_page_does_not_count_when_it_is_reckoned_how_much_is_kept()
    {
        await using (var records = Open())
        {
            for (var i = 0; i < 10; i++)
            {
                await RunAsync(records, i % 2 == 0 ? "backup" : "other", output: Convert.ToBase64String(RandomNumberGenerator.GetBytes(100_000)));
            }
        }

        // As a page does that reads as one with fewer rows.
        Sql("DELETE FROM executions WHERE key IN (SELECT key FROM executions ORDER BY key LIMIT 6); DELETE FROM raw_outputs WHERE execution NOT IN (SELECT key FROM executions)");
        ZeroRootOf("executions_started");
        SuspectDatabase.Mark(new DataPaths(Folder));

        await using var restarted = Open(new RecordOptions { MaxExecutionsPerJob = 2 });

        restarted.Histories().Select(job => job.SuccessCount).Should().Equal(5, 5);
        Numbers("SELECT kept FROM jobs ORDER BY name").Should().Equal(2, 2);
        Numbers("SELECT value FROM totals WHERE name = 'file_bytes'").Should().Equal(Numbers("SELECT sum(stored_length) FROM raw_outputs WHERE file IS NOT NULL"));
        restarted.Check(Token).Should().BeEmpty();
        Log.Should().NotContain(line => line.StartsWith("Error 4032", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("job-1:joc-1")]
    [InlineData("job-1:job-2")]
    [InlineData("job-2:job-1")]
    [InlineData("job-1:job-9", "job-2:job-9")]
    public async Task A_job_whose_name_is_damaged_has_it_back_with_all_that_is_remembered_of_it(params string[] changes)
    {
        await using (var records = Open(new RecordOptions { MaxExecutionsPerJob = 2 }))
        {
            for (var i = 0; i < 4; i++)
            {
                await RunAsync(records, "job-1");
                await RunAsync(records, "job-2", ExecutionStatus.Failed);
            }
        }

        var bytes = await File.ReadAllBytesAsync(Database, Token);
        foreach (var change in changes.Select(change => change.Split(':').Select(Encoding.ASCII.GetBytes).ToList()))
        {
            var page = bytes.AsSpan(RootOf("jobs"));
            for (var at = page.IndexOf(change[0]); at >= 0; at = page.IndexOf(change[0]))
            {
                change[1].CopyTo(page[at..]);
            }
        }

        await File.WriteAllBytesAsync(Database, bytes, Token);

        await using (var reopened = Open())
        {
            Log.Should().HaveCount(changes.Length).And.OnlyContain(line => line.StartsWith("Error 4039", StringComparison.Ordinal));
            reopened.Histories().Select(job => (job.JobName, job.SuccessCount, job.ErrorCount)).Should().Equal(("job-1", 4, 0), ("job-2", 0, 4));
            reopened.List(new ExecutionQuery(), Token).Should().OnlyContain(record => !record.IsDamaged);
            await RunAsync(reopened, "job-1");
            reopened.Check(Token).Should().BeEmpty();
        }

        Log.Clear();
        await using var again = Open();
        again.Histories().Select(job => job.SuccessCount).Should().Equal(5, 0);
        Log.Should().BeEmpty();
    }

    [Fact]
    public async Task Jobs_whose_names_are_lost_everywhere_keep_no_agent_from_starting()
    {
        await using (var records = Open())
        {
            await RunAsync(records, "job-1");
            await RunAsync(records, "job-2");
        }

        SqlWithoutRules("jobs", "UPDATE jobs SET name = NULL");

        await using var reopened = Open();
        await RunAsync(reopened, "job-1");

        reopened.Histories().Select(job => job.JobName).Should().Equal("?1", "?2", "job-1");
    }

    [Fact]
    public async Task A_table_that_cannot_be_written_is_set_aside_with_its_database_at_the_next_start()
    {
        await using (var records = Open())
        {
            await RunAsync(records, output: "all is well");
        }

        var damaged = ZeroRootOf("raw_outputs");
        var failing = Open();
        var finish = RunAsync(failing, output: "cannot be written");
        await UntilAsync(() => !failing.IsWritable);
        await failing.DisposeAsync();
        await Assert.ThrowsAsync<RecordsException>(() => finish);

        await using var restarted = Open();
        (await RunAsync(restarted)).Should().NotBeNull();

        restarted.List(new ExecutionQuery(), Token).Should().ContainSingle();
        Log.Should().ContainSingle(line => line.StartsWith("Error 4030", StringComparison.Ordinal));
        (await File.ReadAllBytesAsync(Directory.GetFiles(Folder, "records.db.damaged-*").Single(), Token))[damaged].Should().OnlyContain(value => value == 0, "the damaged file is kept as it was found");
        Directory.GetFiles(Folder, "records.db.rebuilt*").Should().BeEmpty();
    }

    [Fact]
    public async Task Three_hundred_random_flips_give_no_wrong_answer_silently()
    {
        var written = new Dictionary<string, (ExecutionInfo Info, string Output)>();
        var good = Path.Combine(Folder, "good");
        await using (var records = Open(folder: good))
        {
            for (var i = 0; i < 60; i++)
            {
                var output = new string((char)('a' + (i % 20)), 20 + (i * 7));
                var finished = await RunAsync(records, $"job-{i % 5}", i % 6 == 0 ? ExecutionStatus.Failed : ExecutionStatus.Succeeded, output);
                written[finished.Id] = (finished, output);
            }
        }

        var original = await File.ReadAllBytesAsync(Path.Combine(good, "records.db"), Token);
        var random = new Random(4711);
        var noticed = 0;
        for (var i = 0; i < 300; i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(Folder, "flipped")).FullName;
            var flipped = (byte[])original.Clone();
            var at = random.Next(flipped.Length);
            flipped[at] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(Path.Combine(folder, "records.db"), flipped, Token);
            noticed += await AnswersAsync(folder, written, $"flip {i} at byte {at}") ? 0 : 1;
            Directory.Delete(folder, recursive: true);
        }

        noticed.Should().BeGreaterThan(0, "some of the flips must hit data");
    }

    /// <summary>Whether all answers were right; wrong ones must be marked, missing ones must be reported.</summary>
    private async Task<bool> AnswersAsync(string folder, Dictionary<string, (ExecutionInfo Info, string Output)> written, string flip)
    {
        var isRight = true;
        try
        {
            Log.Clear();
            await using var records = Open(folder: folder);
            var found = records.List(new ExecutionQuery { Limit = 1000 }, Token);
            foreach (var record in found.Where(record => !record.IsDamaged))
            {
                record.Info.Should().Be(written[record.Info.Id].Info, flip);
                try
                {
                    record.Output.ToString().Should().Be(written[record.Info.Id].Output, flip);
                }
                catch (IOException)
                {
                    isRight = false;
                }
            }

            isRight &= found.Count == written.Count && found.All(record => !record.IsDamaged);
            if (!isRight)
            {
                (records.Check(Token).Count > 0 || !Log.IsEmpty).Should().BeTrue(flip);
            }
        }
        catch (RecordsException)
        {
            isRight = false;
        }

        return isRight;
    }

    private List<long> Numbers(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = DatabaseConnections.Command(connection, sql);
        using var reader = command.ExecuteReader();
        var numbers = new List<long>();
        while (reader.Read())
        {
            numbers.Add(reader.GetInt64(0));
        }

        return numbers;
    }

    /// <summary>Leaves an output file of which no record is there.</summary>
    /// <returns>Its path.</returns>
    private async Task<string> OrphanAsync()
    {
        await using var records = Open();
        await RunAsync(records);
        var orphan = OutputFile(records, records.NewId());
        await File.WriteAllTextAsync(orphan, "of a record that is lost", Token);
        File.SetLastWriteTimeUtc(orphan, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1));
        return orphan;
    }
}
