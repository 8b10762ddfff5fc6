using Dkron.Abstractions;
using Dkron.Host.Records;
using Dkron.Host.Tests.Plugins;
using Dkron.Host.Tests.Records;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Tests.Runs;

public sealed class UncalledStepTests : IDisposable
{
    private const string Document = """{ "name": "a", "displayname": "a", "owner": "", "owner_email": "", "schedule": "", "tags": {}, "metadata": {}, "max_output": 1024, "processors": { "gone": { "retries": 3 } } }""";

    private readonly RunsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_step_that_waits_for_a_plugin_that_may_not_be_called_does_not_flood_the_log()
    {
        var log = new CollectingLog();
        RunsHost.Write(_folder.Path, new { a = new { schedule = "@manually", command = "true" } });
        var id = await LeaveResultAsync();

        await using var host = await RunsHost.StartAsync(_folder.Path, loggers: log);
        await Wait.Until(() => host.Records.Deliveries.Of(id) is [{ Delivery: { Tries: 1, State: DeliveryState.Waiting } }]);

        log.Entries.Should().ContainSingle(entry => entry.Message.Contains("processor gone")).Which.Level.Should().Be(LogLevel.Debug);
    }

    /// <summary>What a host leaves that was killed between a result and its processors.</summary>
    private async Task<string> LeaveResultAsync()
    {
        await using var before = await RunsHost.StartAsync(_folder.Path);
        var started = RecordsFolder.Started(before.Records, "a");
        await before.Records.ClaimAsync(started, Document, TestContext.Current.CancellationToken);
        var finished = RecordsFolder.Finished(started);
        await before.Records.FinishAsync(finished, RecordsFolder.Result(finished, ExecutionOutput.FromText("raw")), hasSteps: true, TestContext.Current.CancellationToken);
        return finished.Id;
    }
}
