using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Dkron.Host.Records;

namespace Dkron.Chaos;

/// <summary>Runs an agent under load, kills it again and again, and looks at what has become of each firing.</summary>
internal sealed partial class KillRun(ChaosOptions options, TextWriter report)
{
    private static readonly TimeSpan LastRun = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(30);
    private readonly Random _random = new(options.Seed);
    private readonly List<Life> _lives = [];
    private DateTimeOffset _settledAt;

    /// <returns>One sentence for each broken promise; empty when all were kept.</returns>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        var folder = options.Keep ?? Directory.CreateTempSubdirectory("dkron-chaos-").FullName;
        var data = Path.Combine(folder, "data");
        LoadJobs.Prepare(folder, options.Rate, data);
        var began = Stopwatch.GetTimestamp();
        var moment = new KillMoment(_random, Path.Combine(data, "records.db-wal"));
        for (var i = 1; i <= options.Kills; i++)
        {
            await LiveAsync(folder, data, (_, ready) => moment.WaitAsync(ready), isKilled: true);
            if (i % 10 == 0)
            {
                await report.WriteLineAsync($"{i} kills, {Stopwatch.GetElapsedTime(began).TotalSeconds:N0} s");
            }
        }

        await LiveAsync(folder, data, (process, ready) => RecoverAsync(process, ready, data), isKilled: false);
        var check = new KillCheck(_lives, Evidence.Read(folder, data, options.Rate), LoadJobs.Steps);
        var findings = check.Findings();
        await report.WriteLineAsync(check.Figures());
        foreach (var kind in findings.GroupBy(finding => Number().Replace(finding, "#")))
        {
            foreach (var finding in kind.Take(5))
            {
                await report.WriteLineAsync($"BROKEN: {finding}");
            }

            await report.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"        {kind.Count()} like that"));
        }

        if (options.Keep is null)
        {
            Directory.Delete(folder, recursive: true);
        }

        return findings;
    }

    private async Task LiveAsync(string folder, string data, Func<Launched, Task, Task> untilAsync, bool isKilled)
    {
        var startedAt = TimeProvider.System.GetUtcNow();
        await using var process = Launched.Start(Repository.Dkron, ["--config", LoadJobs.SettingsIn(folder)], folder, LoadJobs.EnvironmentOf(_lives.Count));
        DateTimeOffset? readyAt = null;
        async Task AwaitReadyAsync()
        {
            await Wait.Until(() => process.Stderr.Contains("Ready", StringComparison.Ordinal) || process.HasExited, () => process.Stderr, ReadyLimit);
            readyAt = process.HasExited ? null : TimeProvider.System.GetUtcNow();
        }

        var ready = AwaitReadyAsync();
        await untilAsync(process, ready);
        var endedByItself = process.HasExited;
        var endedAt = TimeProvider.System.GetUtcNow();
        if (isKilled)
        {
            process.Kill();
        }
        else if (!endedByItself)
        {
            process.Signal("TERM");
        }

        var wasReadyAt = readyAt;
        var exitCode = await process.ExitAsync();
        await ready;
        var log = process.Stderr + (endedByItself || (!isKilled && exitCode != 0) ? $"\n[FTL] it ended by itself with exit code {exitCode}" : "");
        _lives.Add(Life.Look(data, _lives.Count) with { StartedAt = startedAt, ReadyAt = wasReadyAt, EndedAt = endedAt, IsKilled = isKilled, SettledAt = _settledAt, Log = log });
    }

    /// <summary>Lets the last agent finish what the killed ones began, and run a little.</summary>
    private async Task RecoverAsync(Launched process, Task ready, string data)
    {
        await ready;
        _settledAt = TimeProvider.System.GetUtcNow();
        var begun = UnixNanoseconds.From(_settledAt);
        await Task.Delay(LastRun, TimeProvider.System);
        // Firings of a job come in their order: one that was due since then means that all before it are on record.
        await Wait.Until(
            () => process.HasExited || (Evidence.IsSettled(data, _settledAt) && HasFiredSince(data, begun) && Evidence.IsSettled(data, _settledAt)),
            () => $"After the last kill the agent did not come to the end of what the others had begun. {process.Stderr}",
            RecoveryLimit);
    }

    private bool HasFiredSince(string data, long time) => Evidence.LatestOfEachJob(data) is var latest && latest.Count == options.Rate && latest.All(due => due > time);

    [GeneratedRegex(@"[\d.:]+")]
    private static partial Regex Number();
}
