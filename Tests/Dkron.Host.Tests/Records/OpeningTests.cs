using Dkron.Host.Records;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;

namespace Dkron.Host.Tests.Records;

public sealed class OpeningTests : RecordsFolder
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_agent_is_refused_and_told_which_process_holds_the_directory()
    {
        await using var records = Open();

        var second = () => Open();

        second.Should().Throw<RecordsException>().WithMessage($"*another agent (process {Environment.ProcessId})*Dkron:DataDirectory*");
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_left_as_it_is()
    {
        await using (var records = Open())
        {
            await RunAsync(records);
        }

        Sql("PRAGMA user_version = 99");

        var opening = () => Open();
        var reading = () => RecordReader.Open(Folder);

        opening.Should().Throw<RecordsException>().WithMessage($"*version 99*knows up to {RecordSchema.Scripts.Count}*");
        reading.Should().Throw<RecordsException>().WithMessage("*version 99*");
        Sql($"PRAGMA user_version = {RecordSchema.Scripts.Count}");
        await using var again = Open();
        again.List(new ExecutionQuery(), Token).Should().ContainSingle();
    }

    [Fact]
    public void A_database_of_another_program_is_refused()
    {
        Sql("CREATE TABLE theirs (x); PRAGMA user_version = 1");

        var opening = () => Open();

        opening.Should().Throw<RecordsException>().WithMessage("*not one of this program*");
    }

    [Fact]
    public async Task An_older_schema_is_brought_up_to_date_and_a_failing_step_changes_nothing()
    {
        await using (var records = Open())
        {
            await RunAsync(records);
        }

        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        string[] next = [.. RecordSchema.Scripts, "ALTER TABLE jobs ADD COLUMN owner TEXT", "CREATE TABLE half (x); SELECT nonsense"];

        var failing = () => RecordSchema.Migrate(connection, next);
        failing.Should().Throw<SqliteException>();
        RecordSchema.Number(connection, "PRAGMA user_version").Should().Be(RecordSchema.Scripts.Count + 1);
        RecordSchema.Number(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'").Should().Be(0);
        RecordSchema.Migrate(connection, next[..^1]).Should().Be(RecordSchema.Scripts.Count + 1);

        RecordSchema.Number(connection, "SELECT count(*) FROM jobs WHERE owner IS NULL").Should().Be(1);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_kept_aside_and_a_new_one_is_made_loudly()
    {
        await using (var records = Open())
        {
            var started = Started(records);
            await records.ClaimAsync(started, Token);
            await File.WriteAllTextAsync(OutputFile(records, started.Id), "belongs to the old one", Token);
        }

        await File.WriteAllTextAsync(Database, new string('?', 10_000), Token);

        await using var reopened = Open();
        await RunAsync(reopened);

        (await File.ReadAllTextAsync(Directory.GetFiles(Folder, "records.db.damaged-*").Single(), Token)).Should().StartWith("????");
        Directory.GetFiles(Directory.GetDirectories(Folder, "output.damaged-*").Single(), "*", SearchOption.AllDirectories).Should().ContainSingle();
        Log.Should().Contain(line => line.StartsWith("Error 4030", StringComparison.Ordinal) && line.Contains("damaged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Output_files_without_a_database_are_kept_aside()
    {
        await using (var records = Open())
        {
            var started = Started(records);
            await records.ClaimAsync(started, Token);
            await File.WriteAllTextAsync(OutputFile(records, started.Id), "still of use", Token);
        }

        File.Delete(Database);

        await using var reopened = Open();

        Directory.GetDirectories(Folder, "output.without-database-*").Should().ContainSingle();
        Log.Should().Contain(line => line.StartsWith("Warning 4033", StringComparison.Ordinal));
    }

    [Fact]
    public void A_data_directory_that_cannot_be_made_is_an_error_in_words()
    {
        File.WriteAllText(Path.Combine(Folder, "file"), "");

        var opening = () => Open(folder: Path.Combine(Folder, "file", "data"));

        opening.Should().Throw<RecordsException>().WithMessage($"*{Path.Combine(Folder, "file", "data")}*");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\nb")]
    public void A_node_name_that_cannot_be_part_of_a_file_name_is_refused(string name)
    {
        var opening = () => ExecutionRecords.Open(Folder, name, new RecordOptions(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

        opening.Should().Throw<RecordsException>().WithMessage("*Dkron:NodeName*");
    }

    [Theory]
    [InlineData("MaxExecutionsPerJob", "0")]
    [InlineData("MaxAge", "00:00:01")]
    [InlineData("MaxTotalBytes", "5")]
    [InlineData("MaxWaitingWrites", "1")]
    public void An_option_out_of_range_is_refused(string key, string value)
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [key] = value }).Build();

        var result = new RecordOptionsValidator().Validate(null, section.Get<RecordOptions>()!);

        result.FailureMessage.Should().Contain(key);
    }
}
