using System.Runtime.CompilerServices;
using Dkron.Abstractions;

namespace Dkron.Testing;

/// <summary>Uses a built processor plugin as the host does: checked, loaded into a collectible load context, called, swapped and unloaded.</summary>
/// <remarks>Works with every test framework. All members may be used from any thread.</remarks>
public sealed class ProcessorTestHost : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dkron-testing-").FullName;
    private readonly SemaphoreSlim _changing = new(1);
    private readonly ProcessorTestSettings _settings;
    private volatile LoadedVersion? _current;
    private int _loads;

    private ProcessorTestHost(ProcessorTestSettings settings)
    {
        _settings = settings;
        DataDirectory = settings.DataDirectory ?? Directory.CreateDirectory(Path.Combine(_folder, "data")).FullName;
    }

    /// <summary>What the plugin is told to be the host's data directory.</summary>
    public string DataDirectory { get; }

    /// <summary>All that the plugin wrote to its log, in calls and outside of them.</summary>
    public TestLog Log { get; } = new();

    /// <summary>The version of the plugin that is current.</summary>
    public string Version => Current.Version;

    /// <summary>What the host would warn of when it loads the plugin.</summary>
    public IReadOnlyList<string> Warnings => Current.Warnings;

    /// <summary>The options that it declares; empty when it declares none.</summary>
    public IReadOnlyList<ProcessorOption> Options => Current.Options ?? [];

    private LoadedVersion Current => _current ?? throw new ProcessorTestException("The plugin has been unloaded; load it again with SwapAsync.");

    /// <summary>Checks a built plugin and loads it, as the host does.</summary>
    /// <param name="plugin">Its folder, its dll, or the name of a project that the test project lists as a <c>DkronPlugin</c> item, such as <c>mail</c>.</param>
    /// <param name="settings">The defaults when not given.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A host in which it can be called; to be disposed at the end.</returns>
    /// <exception cref="ProcessorTestException">The host would refuse it; the message says why in the host's words.</exception>
    public static async Task<ProcessorTestHost> LoadAsync(string plugin, ProcessorTestSettings? settings = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(plugin);
        var host = new ProcessorTestHost(settings ?? new ProcessorTestSettings());
        try
        {
            await host.SwapAsync(plugin, cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the host would say to a step's options: one sentence for each problem, none when they are good.</summary>
    /// <param name="execution">The execution whose options are asked about.</param>
    /// <returns>The problems.</returns>
    public IReadOnlyList<string> Problems(ExecutionBuilder execution)
    {
        ArgumentNullException.ThrowIfNull(execution);
        var version = Current;
        if (version.Options is not { } options)
        {
            return [];
        }

        var problems = OptionProblems.Of(options, execution.Config).ToList();
        return problems.Count > 0 ? problems : version.Validate(execution.Config);
    }

    /// <summary>Calls the processor.</summary>
    /// <param name="execution">What it is handed; a job that succeeded with the output <c>hello</c> when not given.</param>
    /// <param name="cancellationToken">Cancels the token that the processor gets, as a host does that stops hurriedly.</param>
    /// <returns>What it did; a processor that throws or does not end is a result, too.</returns>
    /// <exception cref="ProcessorTestException">The host would refuse the job because of its options.</exception>
    public async Task<ProcessorCall> CallAsync(ExecutionBuilder? execution = null, CancellationToken cancellationToken = default)
    {
        execution ??= new ExecutionBuilder();
        if (Problems(execution) is { Count: > 0 } problems)
        {
            throw new ProcessorTestException($"The host would refuse a job with these options: {string.Join("; ", problems)}");
        }

        var version = Enter();
        try
        {
            return await CallRecorder.CallAsync(version, execution, Log, _settings, cancellationToken);
        }
        finally
        {
            version.Leave();
        }
    }

    /// <summary>Makes another build of the plugin current, as the host does when its folder changes, and sees the one before out of memory.</summary>
    /// <param name="plugin">Its folder, its dll, or its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The end of the swap.</returns>
    /// <exception cref="ProcessorTestException">The host would refuse it, and the one before stays; or the one before did not leave memory.</exception>
    public async Task SwapAsync(string plugin, CancellationToken cancellationToken = default)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var snapshot = PluginCopy.Take(plugin, _folder);
            var next = await LoadedVersion.LoadAsync(snapshot, Interlocked.Increment(ref _loads), DataDirectory, Log, _settings, cancellationToken);
            var before = Interlocked.Exchange(ref _current, next);
            if (before is not null)
            {
                await SeeOutAsync(before);
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Swaps builds while calls go on, one after the other in each of several loops.</summary>
    /// <param name="plugins">The builds, in their order; the same one may stand there several times.</param>
    /// <param name="execution">What each call is handed.</param>
    /// <param name="callers">How many loops call at a time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="ProcessorTestException">A build was refused, or one did not leave memory.</exception>
    public async Task<SwapReport> SwapUnderLoadAsync(IReadOnlyList<string> plugins, ExecutionBuilder? execution = null, int callers = 4, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plugins);
        ArgumentOutOfRangeException.ThrowIfLessThan(callers, 1);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var loops = Enumerable.Range(0, callers).Select(_ => CallOnAsync(execution, enough.Token)).ToList();
        try
        {
            foreach (var plugin in plugins)
            {
                await SwapAsync(plugin, cancellationToken);
            }
        }
        finally
        {
            await enough.CancelAsync();
        }

        return new SwapReport { Calls = [.. (await Task.WhenAll(loops)).SelectMany(calls => calls)], Swaps = plugins.Count };
    }

    /// <summary>Disposes of the processor, unloads it and waits until it has left memory.</summary>
    /// <returns>The end of it.</returns>
    /// <exception cref="ProcessorTestException">It stays in memory; the message says what is known of the reason.</exception>
    public async Task EnsureUnloadsAsync()
    {
        await _changing.WaitAsync();
        try
        {
            await SeeOutAsync(Take());
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Unloads the plugin and removes what was copied; says nothing of what stays in memory.</summary>
    /// <returns>The end of it.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _current, null) is { } last)
        {
            await last.UnloadAsync(_settings);
        }

        _changing.Dispose();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // A call that still runs may write there; the folder lies among the temporary ones.
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private LoadedVersion Take()
    {
        var current = Current;
        _current = null;
        return current;
    }

    private LoadedVersion Enter()
    {
        while (true)
        {
            // A version that is drained was replaced before, so the next look finds another one.
            var version = Current;
            if (version.TryEnter())
            {
                return version;
            }
        }
    }

    private async Task<List<ProcessorCall>> CallOnAsync(ExecutionBuilder? execution, CancellationToken enough)
    {
        var calls = new List<ProcessorCall>();
        do
        {
            calls.Add(await CallAsync(execution, CancellationToken.None));
        }
        while (!enough.IsCancellationRequested);

        return calls;
    }

    private async Task SeeOutAsync(LoadedVersion version)
    {
        var problem = await version.UnloadAsync(_settings);
        if (!await UnloadWatch.IsGoneAsync(version, _settings.UnloadLimit))
        {
            throw new ProcessorTestException(UnloadWatch.Describe(version, problem, _settings.UnloadLimit));
        }

        if (problem is not null)
        {
            throw new ProcessorTestException($"Version {version.Version} has left memory, but {problem}.");
        }
    }
}
