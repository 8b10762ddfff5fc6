using Dkron.Abstractions;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Plugins;

/// <summary>Makes a generation that is ready for its first call out of a snapshot, or says why it cannot.</summary>
internal sealed partial class GenerationLoader(string dataDirectory, GenerationUnloader unloader, ILoggerFactory loggers, TimeProvider time)
{
    private readonly ILogger _logger = loggers.CreateLogger<GenerationLoader>();

    /// <summary>How long a constructor, a start, a self-test and the reading of options may each take.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Checks, loads, constructs, starts and tests.</summary>
    /// <exception cref="PluginRefusedException">It cannot be used; whatever was loaded is on its way out.</exception>
    public async Task<Generation> LoadAsync(PluginSource source, PluginSnapshot snapshot, PluginType type, PluginSlot slot, CancellationToken cancellationToken)
    {
        var number = slot.NextNumber();
        var inspection = PluginInspector.Inspect(snapshot, type);
        var generation = new Generation
        {
            Source = source,
            Snapshot = snapshot,
            Type = type,
            Number = number,
            Version = inspection.Version,
            Warnings = inspection.Warnings,
            IsDelivery = inspection.IsDelivery,
            Risks = [.. inspection.Risks, .. NativeLibraries.In(snapshot)],
            Log = new PluginLog(loggers.CreateLogger($"{nameof(Dkron)}.{nameof(Plugins)}.{source.Name.Name}"), source.Name.Name, inspection.Version, number),
            LoadedAt = time.GetUtcNow(),
            Gate = slot.Gate,
            Time = time,
            State = GenerationState.Verified,
        };
        try
        {
            await PrepareAsync(generation, cancellationToken);
            generation.State = GenerationState.Loaded;
            return generation;
        }
        catch
        {
            generation.Close(GenerationState.Rejected);
            unloader.Retire(generation);
            throw;
        }
    }

    private async Task PrepareAsync(Generation generation, CancellationToken cancellationToken)
    {
        var info = new PluginInfo
        {
            Name = generation.Name,
            Version = generation.Version,
            Generation = generation.Number,
            Directory = generation.Snapshot.Folder,
            DataDirectory = dataDirectory,
        };
        var steps = new PreparationSteps(
        [
            new("loading it", "have no module initializer do lasting work", _ => LoadContent(generation, info)),
            new("its constructor", "do lasting work in StartAsync", _ => Construct(generation)),
            new("its StartAsync", "have it wait for nothing outside", stop => (generation.Content.Instance as IStartable)?.StartAsync(stop) ?? default),
            new("its TestAsync", "have it test the build, not the world", stop => (generation.Content.Instance as ISelfTest)?.TestAsync(stop) ?? default),
            new("reading its Options", "return a fixed list", _ => ReadOptions(generation)),
            new("compiling its code", "have no type initializer do lasting work", _ => PrepareFirstCall(generation)),
        ], time);
        while (!steps.AreDone)
        {
            await CallAsync(generation, steps, cancellationToken);
        }
    }

    private ValueTask LoadContent(Generation generation, PluginInfo info)
    {
        generation.Content.Load(generation.Snapshot, generation.Type, info, generation.Log, time);
        return default;
    }

    private static ValueTask Construct(Generation generation)
    {
        generation.Content.Construct(generation.Type);
        return default;
    }

    private static ValueTask PrepareFirstCall(Generation generation)
    {
        FirstCall.Prepare(generation.Content.Instance!.GetType());
        return default;
    }

    private static ValueTask ReadOptions(Generation generation)
    {
        generation.Options = generation.Content.Instance is IDeclareOptions plugin ? OptionReader.Read(plugin) : null;
        return default;
    }

    private async Task CallAsync(Generation generation, PreparationSteps steps, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var guarded = GuardedCall.Start(steps.GoOn, cancellationToken);
        if (!await EndsInTimeAsync(guarded, steps))
        {
            unloader.Await(guarded, generation.Abandon());
            throw new PluginRefusedException($"{steps.Current.What} did not end within {Deadline.TotalSeconds:0.###} s, and was left alone; {steps.Current.Remedy}");
        }

        var fault = await guarded.Ended;
        cancellationToken.ThrowIfCancellationRequested();
        if (fault is not null)
        {
            LogDetails(generation.Name, fault.Details);
            throw new PluginRefusedException(fault.Refusal ?? $"{steps.Current.What} failed: {fault.Summary}; correct the plugin");
        }
    }

    /// <summary>Each step has the deadline for itself.</summary>
    private async Task<bool> EndsInTimeAsync(GuardedCall guarded, PreparationSteps steps)
    {
        var left = Deadline;
        while (left > TimeSpan.Zero)
        {
            if (await guarded.EndedWithinAsync(left, time))
            {
                return true;
            }

            left = Deadline - steps.Elapsed;
        }

        return await guarded.EndsWithinAsync(TimeSpan.Zero, time);
    }

    [LoggerMessage(6020, LogLevel.Debug, "Plugins: {Plugin} failed: {Details}")]
    private partial void LogDetails(string plugin, string details);
}
