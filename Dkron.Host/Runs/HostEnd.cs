using System.Runtime.InteropServices;
using Dkron.Host.Processing;
using Dkron.Host.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Runs;

/// <summary>How the host ends: commands get the grace to end by themselves, then are asked to, then are killed; a second signal skips all waiting.</summary>
internal sealed partial class HostEnd(
    RunningExecutions executions,
    ProcessorChain chain,
    ExecutionRecords records,
    IHostApplicationLifetime lifetime,
    IOptions<DkronOptions> options,
    TimeProvider time,
    ILogger<HostEnd> logger) : IDisposable
{
    private const string Reason = "the host was stopping";

    /// <summary>Of the grace, the time between asking a command to end and killing it.</summary>
    private static readonly TimeSpan AskedTime = TimeSpan.FromSeconds(5);

    /// <summary>timeout(1) and some supervisors signal the process and its group at once: that is one signal.</summary>
    private static readonly TimeSpan SameSignal = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _kill = new();
    private readonly CancellationTokenSource _hurry = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private long? _firstSignal;

    /// <summary>Cancelled when commands that were asked to end are to be killed at once.</summary>
    public CancellationToken Kill => _kill.Token;

    /// <summary>Whether nothing new shall be begun.</summary>
    public bool IsEnding => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Heeds signals from now on, also before the host is started.</summary>
    public void Listen()
    {
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT })
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Heed(context.Signal);
            }));
        }
    }

    /// <summary>The first signal ends the host, and the second one hurries.</summary>
    /// <remarks>
    /// The runtime calls every handler of a signal, so the host's lifetime may have asked for the end as well. It cannot be relied on: under
    /// systemd it heeds SIGTERM only, and none heeds what comes before the host is started.
    /// </remarks>
    public void Heed(PosixSignal signal)
    {
        bool isFirst;
        lock (_signals)
        {
            if (_firstSignal is { } first && time.GetElapsedTime(first) < SameSignal)
            {
                return;
            }

            isFirst = _firstSignal is null;
            _firstSignal ??= time.GetTimestamp();
        }

        if (isFirst)
        {
            lifetime.StopApplication();
            return;
        }

        LogHurry(signal);
        executions.StopAll(Reason);
        _kill.Cancel();
        chain.Hurry();
        _hurry.Cancel();
    }

    /// <summary>Ends when all firings have ended, and sees to it that they do.</summary>
    /// <param name="whenIdle">Ends when all that has been begun has ended, processors included.</param>
    public async Task EndAsync(Func<Task> whenIdle)
    {
        // Closed first: what is begun from now on is refused, so that the rest can only get less.
        executions.Close(Reason);
        var firings = whenIdle();
        var grace = options.Value.ShutdownGrace;
        var asked = grace / 2 < AskedTime ? grace / 2 : AskedTime;
        LogEnding(executions.All.Count, grace);
        if (!await EndedAsync(firings, grace - asked))
        {
            executions.StopAll(Reason);
        }

        if (!await EndedAsync(firings, asked))
        {
            await _kill.CancelAsync();
        }

        // Commands are gone now, and processors have deadlines of their own.
        await FinishAsync(firings);
    }

    /// <summary>Ends when work has ended, or only a disk that takes nothing holds it up: what could not be written is then given up with an error when the records are closed.</summary>
    public async Task FinishAsync(Task work)
    {
        do
        {
            await work.WaitAsync(LastWait, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!work.IsCompleted && records.IsWritable);
    }

    public void Dispose()
    {
        _signals.ForEach(signal => signal.Dispose());
        _kill.Dispose();
        _hurry.Dispose();
    }

    private async Task<bool> EndedAsync(Task firings, TimeSpan limit)
    {
        await firings.WaitAsync(limit, time, _hurry.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return firings.IsCompleted;
    }

    [LoggerMessage(8020, LogLevel.Information, "Stopping: {Running} commands run and may take {Grace} to end")]
    private partial void LogEnding(int running, TimeSpan grace);

    [LoggerMessage(8021, LogLevel.Warning, "A second signal ({Signal}): commands are killed and processors cancelled")]
    private partial void LogHurry(PosixSignal signal);
}
