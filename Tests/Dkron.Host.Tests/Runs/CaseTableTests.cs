using Dkron.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Runs;

public sealed class CaseTableTests : IAsyncLifetime
{
    private readonly RunsFolder _folder = new();
    private readonly List<RunsHost> _hosts = [];

    /// <summary>Where commands leave their marks, however often the host is killed.</summary>
    private readonly DirectoryInfo _marks = Directory.CreateTempSubdirectory("dkron-cases-");

    /// <summary>The clock of a case with a long backoff: it stands still until what must come before the end of the backoff has come. Null for the system's.</summary>
    private FakeTimeProvider? _time;

    public static TheoryData<string, string, string> Rows() => [.. CaseTable.Rows().Select(row => new TheoryDataRow<string, string, string>(row.Jobs, row.Happens, row.Recorded))];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            host.Executions.StopAll("the test is over");
            await host.DisposeAsync();
        }

        _folder.Dispose();
        _marks.Delete(recursive: true);
    }

    [Fact]
    public void The_table_is_there() => CaseTable.Rows().Should().HaveCountGreaterThan(25);

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Each_case_of_the_readme_ends_as_it_says(string jobs, string happens, string recorded)
    {
        _time = jobs.Contains("backoff", StringComparison.Ordinal) ? new FakeTimeProvider(TimeProvider.System.GetUtcNow()) : null;
        RunsHost.Write(_folder.Path, jobs.Split(';', StringSplitOptions.TrimEntries).Select(job => CaseTable.Job(job, _marks.FullName)).ToDictionary(job => job.Name, job => job.Settings));
        await StartAsync();

        foreach (var step in happens.Split(',', StringSplitOptions.TrimEntries))
        {
            await DoAsync(step);
        }

        Text(recorded).Should().Be(recorded);
    }

    private RunsHost Host => _hosts[^1];

    private async Task DoAsync(string step)
    {
        switch (step.Split(' '))
        {
            case ["begin", var job]:
                // Begun is what has ended its first attempt, and may have more before it.
                var begun = await Host.RunAsync(job);
                await Wait.Until(() => Host.Records.Find(begun.Id)!.IsProcessed && Host.Executions.Find(begun.Id) is null);
                break;
            case ["run" or "force", var job]:
                await Host.RunAsync(job, force: step.StartsWith("force", StringComparison.Ordinal));
                await UntilAsync(IsQuiet);
                break;
            case ["stop", var job]:
                var hanging = Host.Executions.All.First(running => running.Info.JobName == job && CaseTable.IsHanging(_marks.FullName, running.Info.Id));
                hanging.Stop("it was stopped on request");
                await hanging.Ended;
                await UntilAsync(IsQuiet);
                break;
            case ["kill"]:
                _folder.Kill();
                await StartAsync();
                await UntilAsync(() => Host.Records.Unfinished().Count == 0 && Host.Records.Following().Count == 0 && IsQuiet());
                break;
            case ["restart"]:
                await Host.DisposeAsync();
                _hosts.RemoveAt(_hosts.Count - 1);
                await StartAsync();
                await UntilAsync(() => Host.Records.Following().Count == 0 && IsQuiet());
                break;
            default:
                throw new InvalidOperationException($"The table says '{step}' happens, which nobody can do.");
        }
    }

    private async Task StartAsync() => _hosts.Add(await RunsHost.StartAsync(_folder.Path, _time));

    private Task UntilAsync(Func<bool> condition) => Wait.Until(() =>
    {
        _time?.Advance(TimeSpan.FromMilliseconds(100));
        return condition();
    });

    /// <summary>Whether nothing goes on but commands that hang.</summary>
    private bool IsQuiet() => Host.Work.Count == Host.Executions.All.Count(running => CaseTable.IsHanging(_marks.FullName, running.Info.Id));

    /// <summary>What is recorded, with the reasons that are expected where they are right.</summary>
    private string Text(string expected)
    {
        var whys = expected.Split(", ").Select(part => CaseTable.Record().Match(part).Groups["why"].Value).ToList();
        return string.Join(", ", Host.Recorded.Select((one, i) =>
        {
            var why = i < whys.Count ? whys[i] : "";
            var text = $"{one.JobName}.{one.Attempt} {one.Status.ToString().ToLowerInvariant()}";
            return why.Length == 0 && one.Status != ExecutionStatus.Skipped ? text : $"{text} ({(one.Error?.Contains(why, StringComparison.Ordinal) == true && why.Length > 0 ? why : one.Error)})";
        }));
    }
}
