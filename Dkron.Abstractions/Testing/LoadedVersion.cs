using Dkron.Abstractions;
using Dkron.Host.Plugins;

namespace Dkron.Testing;

/// <summary>One loaded version of the plugin under test, counted by the calls that run in it.</summary>
internal sealed class LoadedVersion
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly GenerationContent _content = new();
    private int _references = 1;

    public required int Number { get; init; }

    public required string Version { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public required IReadOnlyList<string> Risks { get; init; }

    public IReadOnlyList<ProcessorOption>? Options { get; private set; }

    public bool IsGone => _content.IsGone;

    public IExecutionProcessor Processor => (IExecutionProcessor)_content.Instance!;

    /// <summary>Checks a copy and loads it, step by step as the host does.</summary>
    /// <exception cref="ProcessorTestException">The host would refuse it.</exception>
    public static async Task<LoadedVersion> LoadAsync(PluginSnapshot snapshot, int number, string dataDirectory, IPluginLog log, ProcessorTestSettings settings, CancellationToken cancellationToken)
    {
        var type = PluginType.Find(snapshot.Name.Type) ?? throw Refused(snapshot, $"plugins of type '{snapshot.Name.Type}' are not known to this contract");
        PluginInspection inspection;
        try
        {
            inspection = PluginInspector.Inspect(snapshot, type);
        }
        catch (PluginRefusedException e)
        {
            throw Refused(snapshot, e.Message);
        }

        var version = new LoadedVersion { Number = number, Version = inspection.Version, Warnings = inspection.Warnings, Risks = [.. inspection.Risks, .. NativeLibraries.In(snapshot)] };
        var info = new PluginInfo { Name = snapshot.Name.Name, Version = inspection.Version, Generation = number, Directory = snapshot.Folder, DataDirectory = dataDirectory };
        await version.StepAsync(snapshot, "loading it", _ => version.Load(snapshot, type, info, log, settings.Time), settings, cancellationToken);
        await version.StepAsync(snapshot, "its constructor", _ => version.Construct(type), settings, cancellationToken);
        await version.StepAsync(snapshot, "its StartAsync", stop => (version._content.Instance as IStartable)?.StartAsync(stop) ?? default, settings, cancellationToken);
        await version.StepAsync(snapshot, "its TestAsync", stop => (version._content.Instance as ISelfTest)?.TestAsync(stop) ?? default, settings, cancellationToken);
        await version.StepAsync(snapshot, "reading its Options", _ => version.ReadOptions(), settings, cancellationToken);
        return version;
    }

    /// <summary>Counts a call in; fails when the version is closed and drained.</summary>
    public bool TryEnter()
    {
        for (var seen = Volatile.Read(ref _references); seen > 0;)
        {
            var found = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    /// <summary>Counts a call out, or gives up the test host's own hold.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            _drained.SetResult();
        }
    }

    /// <summary>Waits for the last call, disposes of the processor and unloads it.</summary>
    /// <returns>What went wrong; null when nothing did.</returns>
    public async Task<string?> UnloadAsync(ProcessorTestSettings settings)
    {
        Leave();
        try
        {
            await _drained.Task.WaitAsync(settings.UnloadLimit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            return $"{_references} calls of it still run, though their time was up long ago: have them watch their token";
        }

        var (ended, fault) = await Guard.CallAsync(_ => _content.DisposeAsync(), settings.Deadline, settings.AbandonGrace, CancellationToken.None);
        _content.Unload();
        return !ended ? $"its DisposeAsync did not end within {settings.Deadline.TotalSeconds:0.#} s"
            : fault is not null ? $"its DisposeAsync failed: {fault.Summary}" : null;
    }

    public IReadOnlyList<string> Validate(ProcessorConfig config) => _content.Instance is IDeclareOptions plugin ? [.. (plugin.Validate(config) ?? []).Select(problem => problem ?? "")] : [];

    private ValueTask Load(PluginSnapshot snapshot, PluginType type, PluginInfo info, IPluginLog log, TimeProvider time)
    {
        _content.Load(snapshot, type, info, log, time);
        return default;
    }

    private ValueTask Construct(PluginType type)
    {
        _content.Construct(type);
        return default;
    }

    private ValueTask ReadOptions()
    {
        Options = _content.Instance is IDeclareOptions plugin ? OptionReader.Read(plugin) : null;
        return default;
    }

    private async Task StepAsync(PluginSnapshot snapshot, string what, Func<CancellationToken, ValueTask> call, ProcessorTestSettings settings, CancellationToken cancellationToken)
    {
        var (ended, fault) = await Guard.CallAsync(call, settings.Deadline, settings.AbandonGrace, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (ended && fault is null)
        {
            return;
        }

        _content.Unload();
        throw Refused(snapshot, !ended ? $"{what} did not end within {settings.Deadline.TotalSeconds:0.###} s" : fault!.Refusal ?? $"{what} failed: {fault.Summary}\n{fault.Details}");
    }

    private static ProcessorTestException Refused(PluginSnapshot snapshot, string reason) => new($"The host would refuse {snapshot.Name}: {reason}");
}
