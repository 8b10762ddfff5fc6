using System.Runtime.CompilerServices;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Jobs;

/// <summary>The jobs that hold now. Takes in changes of the settings files while running; what is not good as a whole changes nothing.</summary>
/// <param name="settings">The host's own settings, which follow a good change as well.</param>
/// <param name="catalog">Gives the processors that there are at the moment. Asked at each check.</param>
/// <param name="time">For waiting.</param>
/// <param name="logger">Where an operator reads what changed.</param>
internal sealed class JobSource(HostSettings settings, Func<IReadOnlyDictionary<string, PluginDescription>> catalog, TimeProvider time, ILogger<JobSource> logger) : BackgroundService
{
    private readonly SettingsReader _reader = settings.Reader;
    private readonly LastGoodSettings _lastGood = new(settings.DataDirectory);
    private readonly JobSourceLog _log = new(logger);
    private readonly SemaphoreSlim _gate = new(1);
    private volatile JobSet _current = JobSet.Empty;
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _seenMark = "";
    private string _keptMark = "";
    private string _told = "";

    /// <summary>The jobs that hold now. Jobs that an edit did not touch are the same objects as before.</summary>
    public JobSet Current => _current;

    /// <summary>Why the settings as they stand now are not what holds; empty when they are.</summary>
    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    /// <summary>Where the settings stand, later files over earlier ones.</summary>
    public IReadOnlyList<string> Files => [.. _reader.Files.Where(file => File.Exists(file.Path)).Select(file => file.Path)];

    /// <summary>Reads the settings for the first time.</summary>
    /// <exception cref="JobConfigException">They cannot be used, and there are no last good ones.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _log.Reading([.. _reader.Files.Where(file => File.Exists(file.Path)).Select(file => file.Path)]);
            Load(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }

        await base.StartAsync(cancellationToken);
    }

    /// <summary>The jobs that hold now, and then each new set. A reader that is slow misses sets but never the last one.</summary>
    public async IAsyncEnumerable<JobSet> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        JobSet? given = null;
        while (true)
        {
            // Taken before the set is looked at, or a set published in between would be waited for in vain.
            var changed = _changed.Task;
            var current = _current;
            if (current == given)
            {
                await changed.WaitAsync(cancellationToken);
                continue;
            }

            given = current;
            yield return current;
        }
    }

    /// <summary>Reads the settings again now, without waiting for them to settle.</summary>
    /// <returns>What is wrong with them; empty when they hold now.</returns>
    public async Task<IReadOnlyList<Problem>> ReloadAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return Take(_reader.ReadContent(), tellAlways: true, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Checks the jobs again after the processors that there are have changed.</summary>
    /// <returns>What is wrong with them now; then the jobs stay as they were.</returns>
    public async Task<IReadOnlyList<Problem>> RecheckAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var problems = Take(_reader.ReadContent(), tellAlways: false, cancellationToken);
            if (problems.Count == 0 || _lastGood.Load(_reader.Files) is not { } good || SettingsCheck.Run(_reader, good, catalog(), progress: null, cancellationToken) is not { Jobs: { } jobs } result)
            {
                return problems;
            }

            // What stands in the files stays refused, whatever holds in its place.
            Hold(jobs, result, tellAlways: false);
            Problems = problems;
            return [];
        }
        finally
        {
            _gate.Release();
        }
    }

    public override void Dispose()
    {
        _gate.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var watcher = new SettingsWatcher(_reader, time);
        _log.Unwatched(watcher.Unwatched);
        await foreach (var content in watcher.ChangesAsync(_seenMark, stoppingToken))
        {
            await _gate.WaitAsync(stoppingToken);
#pragma warning disable CA1031 // The top of a background loop: whatever goes wrong with one change, the next one must be noticed.
            try
            {
                Take(content, tellAlways: true, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                _log.NotTaken(e);
            }
            finally
            {
                _gate.Release();
            }
#pragma warning restore CA1031
        }
    }

    private void Load(CancellationToken cancellationToken)
    {
        var content = _reader.ReadContent();
        _seenMark = content.Mark;
        var result = SettingsCheck.Run(_reader, content, catalog(), _log.Progress, cancellationToken);
        if (result.Jobs is { } jobs)
        {
            Hold(jobs, result);
            Keep(content);
            return;
        }

        var lastGood = settings.LastGood ?? _lastGood.Load(_reader.Files);
        if (lastGood is null || SettingsCheck.Run(_reader, lastGood, catalog(), progress: null, cancellationToken) is not { Jobs: { } oldJobs } old)
        {
            throw new JobConfigException(result.Problems);
        }

        var report = ProblemReport.Of(result.Problems);
        _told = content.Mark + report;
        _log.StartedFromLastGood(_lastGood.FilePath, report);
        Hold(oldJobs, old);
        Problems = result.Problems;
    }

    private IReadOnlyList<Problem> Take(SettingsContent content, bool tellAlways, CancellationToken cancellationToken)
    {
        var result = SettingsCheck.Run(_reader, content, catalog(), _log.Progress, cancellationToken);
        if (result.Jobs is { } jobs)
        {
            _told = "";
            Hold(jobs, result, tellAlways);
            Keep(content);
            return [];
        }

        Problems = result.Problems;
        var report = ProblemReport.Of(result.Problems);
        if (content.Mark + report != _told)
        {
            _told = content.Mark + report;
            _log.Refused(report);
        }

        return result.Problems;
    }

    private void Hold(JobSet jobs, SettingsCheckResult result, bool tellAlways = true)
    {
        var (set, changes) = JobChanges.Between(_current, jobs);
        _log.Taken(set, changes, _current.Warnings, tellAlways || !changes.IsNone);
        _log.NeedsRestart(settings.Apply(result.Read));
        _current = set;
        Problems = [];
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private void Keep(SettingsContent content)
    {
        _reader.RequireFilesOf(content);
        if (content.Mark == _keptMark)
        {
            return;
        }

        try
        {
            _lastGood.Save(content);
            _keptMark = content.Mark;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.NotKept(_lastGood.FilePath, e);
        }
    }
}
