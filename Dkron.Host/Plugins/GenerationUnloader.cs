using Microsoft.Extensions.Logging;

namespace Dkron.Host.Plugins;

/// <summary>Takes closed generations out of memory, each when the last of its leases is gone.</summary>
internal sealed partial class GenerationUnloader(ILogger<GenerationUnloader> logger, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<Generation> _leaving = [];
    private readonly HashSet<Task> _work = [];

    /// <summary>How long a plugin may take to dispose of itself.</summary>
    public TimeSpan DisposeDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The generations that were closed and are not known to be gone.</summary>
    public IReadOnlyList<Generation> Leaving
    {
        get
        {
            lock (_lock)
            {
                _leaving.RemoveAll(generation => generation.Content.IsGone);
                return [.. _leaving];
            }
        }
    }

    /// <summary>Sees a closed generation out.</summary>
    public void Retire(Generation generation)
    {
        lock (_lock)
        {
            _leaving.Add(generation);
        }

        Own(RetireAsync(generation));
    }

    /// <summary>Waits for the end of an abandoned call, however late.</summary>
    public void Await(GuardedCall call, AbandonedCall abandoned) => Own(AwaitAsync(call, abandoned));

    /// <summary>Waits until everything that was closed is disposed of and unloaded, but no longer than a limit.</summary>
    /// <returns>Whether all is.</returns>
    public async Task<bool> WaitAsync(TimeSpan limit)
    {
        Task[] work;
        lock (_lock)
        {
            work = [.. _work];
        }

        try
        {
            await Task.WhenAll(work).WaitAsync(limit, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Own(Task task)
    {
        lock (_lock)
        {
            _work.RemoveWhere(done => done.IsCompleted);
            _work.Add(task);
        }
    }

    private static async Task AwaitAsync(GuardedCall call, AbandonedCall abandoned)
    {
        await call.Ended;
        abandoned.Dispose();
    }

    private async Task RetireAsync(Generation generation)
    {
        await generation.Drained;
        if (generation.State == GenerationState.Draining)
        {
            generation.State = GenerationState.Unloading;
        }

        await CallAsync(generation, "DisposeAsync", _ => generation.Content.DisposeAsync());
        await CallAsync(generation, "a handler of its load context's Unloading", _ => Unload(generation));
    }

    private async Task CallAsync(Generation generation, string what, Func<CancellationToken, ValueTask> call)
    {
        var guarded = GuardedCall.Start(call, CancellationToken.None);
        if (!await guarded.EndsWithinAsync(DisposeDeadline, time))
        {
            LogHanging(generation.Name, generation.Version, generation.Number, what, DisposeDeadline.TotalSeconds);
        }
        else if (await guarded.Ended is { } fault)
        {
            LogFault(generation.Name, generation.Version, generation.Number, what, fault.Summary);
        }
    }

    private static ValueTask Unload(Generation generation)
    {
        generation.Unload();
        return default;
    }

    [LoggerMessage(6030, LogLevel.Warning, "Plugins: {Plugin} {Version} #{Generation}: {What} did not end within {Seconds} s; it is left alone and may stay in memory")]
    private partial void LogHanging(string plugin, string version, int generation, string what, double seconds);

    [LoggerMessage(6031, LogLevel.Warning, "Plugins: {Plugin} {Version} #{Generation}: {What} failed: {Fault}")]
    private partial void LogFault(string plugin, string version, int generation, string what, string fault);
}
