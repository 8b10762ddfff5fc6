using Dkron.Host.Jobs.Problems;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Jobs;

/// <summary>What an operator reads about settings and jobs.</summary>
internal sealed partial class JobSourceLog(ILogger logger)
{
    private const int MaxNames = 20;

    public void Taken(JobSet set, JobChanges changes, IReadOnlyList<Problem> warningsBefore, bool tellCounts)
    {
        if (tellCounts)
        {
            LogTaken(set.Jobs.Count, changes.Added.Count, Names(changes.Added), changes.Changed.Count, Names(changes.Changed), changes.Removed.Count, Names(changes.Removed));
        }

        var elsewhere = changes.Added.Concat(changes.Changed).Where(job => job.NotSelected is not null).ToList();
        foreach (var job in elsewhere.Take(MaxNames))
        {
            LogNotSelected(job.Name.Text, job.NotSelected ?? "");
        }

        if (elsewhere.Count > MaxNames)
        {
            LogMoreNotSelected(elsewhere.Count - MaxNames);
        }

        var warnings = set.Warnings.Except(warningsBefore).ToList();
        foreach (var warning in warnings.Take(MaxNames))
        {
            LogWarning(warning);
        }

        if (warnings.Count > MaxNames)
        {
            LogMoreWarnings(warnings.Count - MaxNames);
        }
    }

    public void Refused(string problems) => LogRefused(problems);

    public void StartedFromLastGood(string file, string problems) => LogStartedFromLastGood(file, problems);

    public void NotKept(string file, Exception exception) => LogNotKept(exception, file);

    public void NotTaken(Exception exception) => LogNotTaken(exception);

    public void Reading(IReadOnlyList<string> files) => LogReading(string.Join(", ", files));

    public void Progress(int read, int count) => LogProgress(read, count);

    public void NeedsRestart(IReadOnlyList<string> keys)
    {
        foreach (var key in keys)
        {
            LogNeedsRestart(key);
        }
    }

    public void Unwatched(IReadOnlyList<string> folders)
    {
        foreach (var folder in folders)
        {
            LogUnwatched(folder);
        }
    }

    private static string Names(IReadOnlyList<Job> jobs) =>
        jobs.Count == 0 ? "" : $" ({string.Join(", ", jobs.Take(MaxNames).Select(job => job.Name.Text))}{(jobs.Count > MaxNames ? ", ..." : "")})";

    [LoggerMessage(1001, LogLevel.Information, "Jobs: {Count} hold; added {Added}{AddedNames}, changed {Changed}{ChangedNames}, removed {Removed}{RemovedNames}")]
    private partial void LogTaken(int count, int added, string addedNames, int changed, string changedNames, int removed, string removedNames);

    [LoggerMessage(1002, LogLevel.Information, "Job {Job} is not fired on this node: {Reason}")]
    private partial void LogNotSelected(string job, string reason);

    [LoggerMessage(1003, LogLevel.Information, "and {Count} more jobs are not fired on this node")]
    private partial void LogMoreNotSelected(int count);

    [LoggerMessage(1004, LogLevel.Warning, "Settings: {Warning}")]
    private partial void LogWarning(Problem warning);

    [LoggerMessage(1005, LogLevel.Warning, "Settings: {Count} more warnings; dkron validate lists them all")]
    private partial void LogMoreWarnings(int count);

    [LoggerMessage(1006, LogLevel.Error, "The change of the settings is not taken, the last good ones go on: {Problems}")]
    private partial void LogRefused(string problems);

    [LoggerMessage(1007, LogLevel.Error, "STARTED FROM THE LAST GOOD SETTINGS, kept in {File}, because the settings files cannot be used: {Problems}")]
    private partial void LogStartedFromLastGood(string file, string problems);

    [LoggerMessage(1008, LogLevel.Warning, "The settings are good but could not be kept in {File}: a restart with bad ones would find older ones or none")]
    private partial void LogNotKept(Exception exception, string file);

    [LoggerMessage(1009, LogLevel.Error, "The change of the settings could not be taken; the jobs go on as they were")]
    private partial void LogNotTaken(Exception exception);

    [LoggerMessage(1010, LogLevel.Warning, "Settings: no events come from folder {Folder}; changes in it are noticed within 2 s all the same")]
    private partial void LogUnwatched(string folder);

    [LoggerMessage(1011, LogLevel.Warning, "Settings: {Key} has changed; that takes effect after a restart")]
    private partial void LogNeedsRestart(string key);

    [LoggerMessage(1013, LogLevel.Information, "Settings: {Read} of {Count} jobs are read")]
    private partial void LogProgress(int read, int count);

    [LoggerMessage(1012, LogLevel.Information, "Settings: read from {Files}")]
    private partial void LogReading(string files);
}
