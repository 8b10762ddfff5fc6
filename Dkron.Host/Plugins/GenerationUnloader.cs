using Microsoft.Extensions.Logging;

namespace Dkron.Host.Plugins;

/// <summary>Takes closed generations out of memory, each when the last of its leases is gone.</summary>
internal sealed partial class GenerationUnloader : IDisposable
{
    /// <summary>How many generations of one plugin may be closed and still in use before no further one is loaded.</summary>
    public const int MaxDraining = 4;

    private readonly ILogger<GenerationUnloader> _logger;
    private readonly PluginThreads _threads;
    private readonly TimeProvider _time;
    private readonly UnloadVerification _verification;
    private readonly Lock _lock = new();
    private readonly Dictionary<Generation, Task> _leaving = [];
    private readonly HashSet<Task> _lateCalls = [];

    public GenerationUnloader(ILogger<GenerationUnloader> logger, PluginThreads threads, TimeProvider time)
    {
        _logger = logger;
        _threads = threads;
        _time = time;
        _verification = new UnloadVerification(logger, time);
    }

    /// <summary>Whether generations are unloaded at all.</summary>
    public bool Unload { get; init; } = true;

    /// <summary>How long a generation may take to leave memory before it counts as retained.</summary>
    public TimeSpan RetainedAfter
    {
        init => _verification.RetainedAfter = value;
    }

    /// <summary>How long a plugin may take to dispose of itself.</summary>
    public TimeSpan DisposeDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The generations that were closed and are not known to be gone.</summary>
    public IReadOnlyList<Generation> Leaving
    {
        get
        {
            lock (_lock)
            {
                foreach (var gone in _leaving.Keys.Where(generation => generation.Content.IsGone).ToList())
                {
                    _leaving.Remove(gone);
                }

                return [.. _leaving.Keys];
            }
        }
    }

    /// <summary>How many generations of a plugin are closed and still in use.</summary>
    public int DrainingOf(string name)
    {
        lock (_lock)
        {
            return _leaving.Keys.Count(generation => generation.Name == name && generation.State == GenerationState.Draining);
        }
    }

    public void Dispose() => _verification.Dispose();

    /// <summary>Sees a closed generation out.</summary>
    public void Retire(Generation generation)
    {
        lock (_lock)
        {
            _leaving.Add(generation, _threads.RunAsync(() => RetireAsync(generation)));
        }
    }

    /// <summary>Waits for the end of an abandoned call, however late.</summary>
    public void Await(GuardedCall call, AbandonedCall abandoned)
    {
        lock (_lock)
        {
            _lateCalls.RemoveWhere(late => late.IsCompleted);
            _lateCalls.Add(AwaitAsync(call, abandoned));
        }
    }

    /// <summary>Waits until what was closed is disposed of and unloaded, but no longer than a limit, and not for abandoned calls.</summary>
    /// <returns>What is still held.</returns>
    public async Task<IReadOnlyList<Generation>> WaitAsync(TimeSpan limit)
    {
        KeyValuePair<Generation, Task>[] leaving;
        lock (_lock)
        {
            leaving = [.. _leaving];
        }

        try
        {
            await Task.WhenAll(leaving.Where(one => one.Key.Abandoned == 0).Select(one => one.Value)).WaitAsync(limit, _time);
        }
        catch (TimeoutException)
        {
            // What is left is the answer.
        }

        return [.. leaving.Where(one => !one.Value.IsCompleted).Select(one => one.Key)];
    }

    private static async Task AwaitAsync(GuardedCall call, AbandonedCall abandoned)
    {
        await call.Ended;
        abandoned.Dispose();
    }

    private async Task RetireAsync(Generation generation)
    {
        // Goes on here, not on the thread that gave back the last lease.
        await generation.Drained;
        if (generation.State == GenerationState.Draining)
        {
            generation.State = GenerationState.Unloading;
        }

        await CallAsync(generation, "its DisposeAsync", _ => generation.Content.DisposeAsync());
        if (!Unload)
        {
            generation.Holder = "Dkron:Plugins:Unload is off, so it stays until the host ends";
            generation.State = GenerationState.Retained;
            return;
        }

        await CallAsync(generation, "a handler of its load context's Unloading", _ => LetGo(generation));
        _verification.Add(generation);
    }

    private async Task CallAsync(Generation generation, string what, Func<CancellationToken, ValueTask> call)
    {
        var guarded = GuardedCall.Start(call, CancellationToken.None);
        if (!await guarded.EndsWithinAsync(DisposeDeadline, _time))
        {
            generation.AddOverdue(what, guarded.Ended);
            LogHanging(generation.Name, generation.Version, generation.Number, what, DisposeDeadline.TotalSeconds);
        }
        else if (await guarded.Ended is { } fault)
        {
            LogFault(generation.Name, generation.Version, generation.Number, what, fault.Summary);
        }
    }

    private static ValueTask LetGo(Generation generation)
    {
        generation.Unload();
        return default;
    }

    [LoggerMessage(6030, LogLevel.Warning, "Plugins: {Plugin} {Version} #{Generation}: {What} did not end within {Seconds} s; it is left alone and may stay in memory")]
    private partial void LogHanging(string plugin, string version, int generation, string what, double seconds);

    [LoggerMessage(6031, LogLevel.Warning, "Plugins: {Plugin} {Version} #{Generation}: {What} failed: {Fault}")]
    private partial void LogFault(string plugin, string version, int generation, string what, string fault);
}
