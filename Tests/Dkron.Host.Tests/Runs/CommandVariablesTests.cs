using System.Globalization;
using Dkron.Abstractions;

namespace Dkron.Host.Tests.Runs;

public sealed class CommandVariablesTests : IDisposable
{
    private const string Print = "env | grep -E '^(DKRON_(JOB_NAME|EXECUTION_ID|ATTEMPT|SCHEDULED_AT|TRIGGER|NODE_NAME)|ENV_JOB_NAME)=' | sort";

    private readonly RunsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_command_is_told_of_its_execution_what_the_record_says()
    {
        RunsHost.Write(_folder.Path, new
        {
            timed = new { schedule = "@every 1s", command = Print, shell = true },
            asked = new { schedule = "@manually", command = $"{Print}; [ $DKRON_ATTEMPT = 2 ]", shell = true, retries = 1, retry_backoff = "10ms" },
            child = new { parent_job = "asked", command = Print, shell = true },
        });
        await using var host = await RunsHost.StartAsync(_folder.Path);

        await host.RunAsync("asked");
        await Wait.Until(() => new[] { "timed", "child" }.All(job => host.Recorded.Any(one => one.JobName == job && one.Success)));

        var told = host.Recorded.Where(one => one.Status is ExecutionStatus.Succeeded or ExecutionStatus.Failed).ToList();
        told.Select(one => (one.JobName, one.Trigger, one.Attempt)).Should().Contain(
            [("timed", ExecutionTrigger.Schedule, 1), ("asked", ExecutionTrigger.Manual, 1), ("asked", ExecutionTrigger.Manual, 2), ("child", ExecutionTrigger.Parent, 1)]);
        foreach (var one in told)
        {
            host.Records.Find(one.Id)!.RawOutput.ToString().Should().Be(string.Create(CultureInfo.InvariantCulture, $"""
                DKRON_ATTEMPT={one.Attempt}
                DKRON_EXECUTION_ID={one.Id}
                DKRON_JOB_NAME={one.JobName}
                DKRON_NODE_NAME=node-1
                DKRON_SCHEDULED_AT={Rfc3339(one.ScheduledAt)}
                DKRON_TRIGGER={Word(one.Trigger)}
                ENV_JOB_NAME={one.JobName}

                """));
        }
    }

    private static string Word(ExecutionTrigger trigger) => trigger switch
    {
        ExecutionTrigger.Schedule => "schedule",
        ExecutionTrigger.Manual => "manual",
        _ => "parent",
    };

    // RFC 3339 in UTC, with as much of the fraction as there is.
    private static string Rfc3339(DateTimeOffset at)
    {
        var text = at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture);
        return text.TrimEnd('0').TrimEnd('.') + "Z";
    }
}
