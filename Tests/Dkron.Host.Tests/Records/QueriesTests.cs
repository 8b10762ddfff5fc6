using Dkron.Abstractions;
using Dkron.Host.Records;
using Microsoft.Data.Sqlite;

namespace Dkron.Host.Tests.Records;

public sealed class QueriesTests : RecordsFolder
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_newest_come_first_and_each_page_goes_on_where_the_last_one_ended()
    {
        await using var records = Open();
        var all = new List<string>();
        for (var i = 0; i < 25; i++)
        {
            all.Add((await RunAsync(records, at: Noon.AddSeconds(i / 3))).Id);   // some begin at the same moment
        }

        var pages = new List<string>();
        for (string? last = null; ;)
        {
            var page = records.List(new ExecutionQuery { OlderThanId = last, Limit = 4 }, Token);
            if (page.Count == 0)
            {
                break;
            }

            pages.AddRange(page.Select(record => record.Info.Id));
            last = pages[^1];
        }

        pages.Should().Equal(all.AsEnumerable().Reverse());
    }

    [Fact]
    public async Task Each_condition_narrows_the_list_and_all_hold_together()
    {
        await using var records = Open();
        var a1 = await RunAsync(records, "a", at: Noon);
        var a2 = await RunAsync(records, "a", ExecutionStatus.Failed, at: Noon.AddMinutes(1), attempt: 2);
        var b1 = await RunAsync(records, "b", ExecutionStatus.TimedOut, at: Noon.AddMinutes(2));
        var b2 = await RunAsync(records, "b", ExecutionStatus.Failed, at: Noon.AddMinutes(3));
        var running = Started(records, "a", at: Noon.AddMinutes(4));
        await records.ClaimAsync(running, Token);

        string[] Ids(ExecutionQuery query) => [.. records.List(query, Token).Select(record => record.Info.Id)];

        Ids(new ExecutionQuery { JobName = "a" }).Should().Equal(running.Id, a2.Id, a1.Id);
        Ids(new ExecutionQuery { JobName = "nobody" }).Should().BeEmpty();
        Ids(new ExecutionQuery { Status = ExecutionStatus.Running }).Should().Equal(running.Id);
        Ids(new ExecutionQuery { Status = ExecutionStatus.Succeeded }).Should().Equal(a1.Id);
        Ids(new ExecutionQuery { Status = ExecutionStatus.Failed }).Should().Equal(b2.Id, a2.Id);
        Ids(new ExecutionQuery { Status = ExecutionStatus.TimedOut, JobName = "b" }).Should().Equal(b1.Id);
        Ids(new ExecutionQuery { Status = ExecutionStatus.Failed, JobName = "b" }).Should().Equal(b2.Id);
        Ids(new ExecutionQuery { Since = Noon.AddMinutes(1), Until = Noon.AddMinutes(3) }).Should().Equal(b1.Id, a2.Id);
        Ids(new ExecutionQuery { Attempt = 2 }).Should().Equal(a2.Id);
        Ids(new ExecutionQuery { Attempt = 1, JobName = "a" }).Should().Equal(running.Id, a1.Id);
        Ids(new ExecutionQuery { JobName = "a", Group = a2.Group }).Should().Equal(a2.Id);
        Ids(new ExecutionQuery { JobName = "a", Group = a2.Group, Attempt = 2, Status = ExecutionStatus.Failed, Since = Noon, Until = Noon.AddHours(1) }).Should().Equal(a2.Id);
        Ids(new ExecutionQuery { JobName = "b", OlderThanId = b2.Id, Limit = 1 }).Should().Equal(b1.Id);
    }

    [Theory]
    [InlineData("a", 2, "executions_job_attempt (job=? AND attempt=?)")]
    [InlineData(null, 2, "executions_attempt (attempt=?)")]
    [InlineData("a", 1, "executions_job (job=?)")]
    public async Task What_is_asked_for_by_job_and_attempt_is_found_without_looking_at_other_jobs(string? job, int attempt, string index)
    {
        await using (var records = Open())
        {
            await RunAsync(records, "a");
        }

        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var query = ExecutionSelect.ByQuery(connection, new ExecutionQuery { JobName = job, Attempt = attempt }, job is null ? null : 1, older: null);
        using var explain = DatabaseConnections.Command(connection, "EXPLAIN QUERY PLAN " + query.CommandText);
        explain.Parameters.AddRange(query.Parameters.Cast<SqliteParameter>().Select(parameter => new SqliteParameter(parameter.ParameterName, parameter.Value)));

        using var plan = explain.ExecuteReader();

        plan.Read().Should().BeTrue();
        plan.GetString(3).Should().EndWith(index);
    }

    [Theory]
    [InlineData("NEEDLE")]
    [InlineData("nadel Äpfel")]
    public async Task Text_is_found_in_raw_and_processed_output_without_regard_to_case(string text)
    {
        await using var records = Open();
        var filler = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i} "));
        var small = await RunAsync(records, output: $"before {text.ToLowerInvariant()} after");
        var large = await RunAsync(records, output: filler + text + filler);
        var across = await RunAsync(records, output: new string('ü', (32 * 1024) - 3) + text);
        await RunAsync(records, output: filler);
        var started = Started(records);
        await records.ClaimAsync(started, Token);
        await records.FinishAsync(Finished(started), Result(Finished(started), ExecutionOutput.FromText(text)), hasSteps: true, Token);
        await records.EndProcessingAsync(Finished(started), ExecutionOutput.FromText("saved to a file"), [], Token);

        var found = records.List(new ExecutionQuery { Text = text }, Token);
        var newest = records.List(new ExecutionQuery { Text = text, Limit = 2 }, Token);

        found.Select(record => record.Info.Id).Should().Equal(started.Id, across.Id, large.Id, small.Id);
        newest.Select(record => record.Info.Id).Should().Equal(started.Id, across.Id);
    }

    [Fact]
    public async Task Without_an_agent_records_are_read_and_nothing_is_made()
    {
        using (var none = RecordReader.Open(Path.Combine(Folder, "none")))
        {
            none.List(new ExecutionQuery(), Token).Should().BeEmpty();
            none.Histories().Should().BeEmpty();
            none.Check(Token).Should().BeEmpty();
            none.Find("1-node").Should().BeNull();
            Directory.Exists(Path.Combine(Folder, "none")).Should().BeFalse();
        }

        ExecutionInfo finished;
        await using (var records = Open())
        {
            finished = await RunAsync(records, output: "hello");
        }

        using var reader = RecordReader.Open(Folder);

        reader.List(new ExecutionQuery(), Token).Should().ContainSingle().Which.Output.ToString().Should().Be("hello");
        reader.Find(finished.Id)!.Info.Should().Be(finished);
        reader.Histories().Should().ContainSingle().Which.SuccessCount.Should().Be(1);
    }

    [Fact]
    public async Task An_id_that_is_none_or_of_another_node_finds_nothing()
    {
        await using var records = Open();
        var finished = await RunAsync(records);

        records.Find("nonsense").Should().BeNull();
        records.Find("").Should().BeNull();
        records.Find($"{ExecutionId.KeyOf(finished.Id)}-other").Should().BeNull();
    }
}
