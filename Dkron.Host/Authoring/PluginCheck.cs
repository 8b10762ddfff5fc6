using Dkron.Host.Api;
using Dkron.Host.Plugins;

namespace Dkron.Host.Authoring;

/// <summary>Does with one plugin all that a host does when it loads one, and unloads it again: without an agent, its data or its jobs.</summary>
/// <remarks>A registry of its own does the work, over a folder that holds nothing but this plugin: what it says is what an agent says.</remarks>
internal sealed class PluginCheck(PluginOptions settings, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>How long it may take to leave memory. What does takes a fraction of a second.</summary>
    public TimeSpan UnloadLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Checks a plugin's folder, or a dropped-in dll.</summary>
    public async Task<CheckDocument> RunAsync(string path, CancellationToken cancellationToken)
    {
        PluginSource source;
        try
        {
            source = PluginSource.At(path);
        }
        catch (PluginRefusedException e)
        {
            return new CheckDocument { Location = Path.GetFullPath(path), Good = false, Error = e.Message };
        }

        var folder = Directory.CreateTempSubdirectory("dkron-check-").FullName;
        try
        {
            return await RunAsync(source, folder, cancellationToken);
        }
        finally
        {
            PrivateFolder.Remove(folder);
        }
    }

    private async Task<CheckDocument> RunAsync(PluginSource source, string folder, CancellationToken cancellationToken)
    {
        var stage = new PluginStage(source, Directory.CreateDirectory(Path.Combine(folder, "plugins")).FullName);
        using var remarks = new PluginRemarks();
        await using var registry = new PluginRegistry([stage.Folder], Path.Combine(folder, "data"), remarks, time, options: Quick());
        await registry.LoadAllAsync(cancellationToken);

        var status = registry.Statuses[0];
        var description = registry.Catalog.GetValueOrDefault(status.Name);
        var isGood = status.State == GenerationState.Active;
        var leaves = isGood ? await LeavesMemoryAsync(registry, stage, cancellationToken) : (bool?)null;
        string[] stays = leaves == false ? [$"it was still in memory {UnloadLimit.TotalSeconds:0} s after it was unloaded, and so would every replaced version be: see README-authors.md on what holds a plugin"] : [];
        return new CheckDocument
        {
            Location = source.Location,
            Good = isGood,
            Error = isGood ? null : stage.InWordsOfTheSource(Reason(status)),
            Name = status.Name,
            Type = status.Type,
            Version = status.Version,
            TreeHash = status.TreeHash,
            LeavesMemory = leaves,
            Warnings = [.. status.Warnings.Concat(remarks.Warnings).Concat(stays).Select(stage.InWordsOfTheSource)],
            Log = remarks.Own,
            Options = description?.Options?.Select(OptionDocument.Of).ToList(),
        };
    }

    // The registry says of a plugin without a version that works that it was refused, and why.
    private static string Reason(PluginStatus status)
    {
        var reason = status.Reason ?? "";
        var prefix = $"plugin '{status.Name}' was refused: ";
        return reason.StartsWith(prefix, StringComparison.Ordinal) ? reason[prefix.Length..] : reason;
    }

    private async Task<bool> LeavesMemoryAsync(PluginRegistry registry, PluginStage stage, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = registry.WatchAsync(null, stop.Token);
        try
        {
            // What the watch has not seen yet it would not miss either.
            await registry.ReloadAsync(null, cancellationToken);
            stage.Clear();
            var start = time.GetTimestamp();
            while (registry.Statuses.Any(status => status.State != GenerationState.Unloaded))
            {
                if (time.GetElapsedTime(start) > UnloadLimit)
                {
                    return false;
                }

                // Nothing else runs in this process that a blocking collection could hold up.
                GC.Collect();
                GC.WaitForPendingFinalizers();
                await Task.Delay(Look, time, cancellationToken);
            }

            return true;
        }
        finally
        {
            await stop.CancelAsync();
            await watching;
        }
    }

    /// <summary>The settings that decide what may be used, with the least waiting.</summary>
    private PluginOptions Quick() => new()
    {
        PermissionCheck = settings.PermissionCheck,
        Allow = settings.Allow,
        Limits = settings.Limits,
        SettleTime = TimeSpan.FromMilliseconds(50),
        PollInterval = TimeSpan.FromMilliseconds(100),
        RemovalGrace = TimeSpan.Zero,
    };
}
