using Dkron.Host.Records;
using Dkron.Host.Tests.Plugins;
using Microsoft.Data.Sqlite;

namespace Dkron.Host.Tests.Runs;

public sealed class RunNowTests : IDisposable
{
    private readonly RunsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Who_asks_for_a_run_that_cannot_be_recorded_is_told_and_the_log_is_not()
    {
        RunsHost.Write(_folder.Path, new { a = new { schedule = "@manually", command = "true" } });
        var log = new CollectingLog();
        await using var host = await RunsHost.StartAsync(_folder.Path, loggers: log);
        using (var connection = new SqliteConnection($"Data Source={_folder.At("data/records.db")};Pooling=False"))
        {
            connection.Open();
            RecordSchema.Execute(connection, "CREATE TRIGGER refused BEFORE INSERT ON executions BEGIN SELECT RAISE(ABORT, 'no'); END");
        }

        await FluentActions.Awaiting(() => host.RunAsync("a")).Should().ThrowAsync<SqliteException>();

        await host.Work.WhenIdleAsync();
        log.Errors.Should().BeEmpty();
    }
}
