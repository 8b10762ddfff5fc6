using Dkron.Abstractions;
using Dkron.Host.Records;
using Dkron.Host.Tests.Records;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Runs;

public sealed class EphemeralTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 10, TimeSpan.Zero);
    private readonly RunsFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Start);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ExecutionStatus.Succeeded, "Succeeded")]
    [InlineData(ExecutionStatus.Failed, "Failed, Succeeded")]
    public async Task While_a_success_is_processed_the_job_is_not_due_and_goes_on_only_if_its_processors_make_a_failure_of_it(ExecutionStatus end, string recorded)
    {
        Write("me");
        await using var host = await RunsHost.StartAsync(_folder.Path, _time, new InstantStarter());
        await Wait.Until(() => host.DueFirings.NextOf("a") is not null);
        var finished = await SucceedAsync(host);

        await PassAsync(host, minutes: 3);
        Write("you");
        (await host.Jobs.ReloadAsync(Token)).Should().BeEmpty();
        await PassAsync(host, minutes: 3);
        var meanwhile = host.Recorded.Count;
        await host.Records.EndProcessingAsync(finished with { Status = end, Error = end == ExecutionStatus.Failed ? "a step says so" : null }, null, [], Token);
        _time.SetUtcNow(host.DueFirings.NextOf("a")!.Value);
        await Wait.Until(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            return host.DueFirings.NextOf("a") is null;
        });

        meanwhile.Should().Be(1);
        string.Join(", ", host.Recorded.Select(one => one.Status)).Should().Be(recorded);
    }

    [Fact]
    public async Task A_person_is_told_that_its_success_is_still_processed()
    {
        Write("me");
        await using var host = await RunsHost.StartAsync(_folder.Path, _time, new InstantStarter());
        await SucceedAsync(host);

        var asked = await host.RunAsync("a");

        asked.Should().BeEquivalentTo(new { Status = ExecutionStatus.Skipped, Error = "it is ephemeral, and a success of it is still processed" });
    }

    private void Write(string owner) => RunsHost.Write(_folder.Path, new { a = new { schedule = "@minutely", command = "true", ephemeral = true, owner } });

    /// <summary>A run whose command has succeeded and whose processors have not ended.</summary>
    private static async Task<ExecutionInfo> SucceedAsync(RunsHost host)
    {
        var started = RecordsFolder.Started(host.Records) with { JobName = "a", NodeName = "node-1", Trigger = ExecutionTrigger.Manual, ScheduledAt = Start, StartedAt = Start, FinishedAt = Start };
        await host.Records.ClaimAsync(started, Token);
        var finished = started with { Status = ExecutionStatus.Succeeded };
        await host.Records.FinishAsync(finished, RecordsFolder.Result(finished), hasSteps: true, Token);
        return finished;
    }

    /// <summary>Lets minutes pass, and all that is due in them begin and end.</summary>
    private async Task PassAsync(RunsHost host, int minutes)
    {
        for (var end = _time.GetUtcNow().AddMinutes(minutes); _time.GetUtcNow() < end;)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await Wait.Until(() =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(1));
                return host.Work.Count == 0 && (host.DueFirings.NextOf("a") is not { } next || next > _time.GetUtcNow()) && host.Work.Count == 0;
            });
        }
    }
}
