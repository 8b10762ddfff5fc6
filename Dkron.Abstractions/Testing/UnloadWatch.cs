using Dkron.Host.Plugins;

namespace Dkron.Testing;

/// <summary>Waits until an unloaded version has left memory.</summary>
internal static class UnloadWatch
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static async Task<bool> IsGoneAsync(LoadedVersion version, TimeSpan limit)
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        while (!version.IsGone)
        {
            var waited = time.GetElapsedTime(start);
            if (waited > limit)
            {
                return false;
            }

            if (waited > limit / 2)
            {
                // As the host does after a minute, for plugins that used System.Text.Json by reflection.
                FrameworkCaches.Clear();
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(Pause, time);
        }

        return true;
    }

    public static string Describe(LoadedVersion version, string? problem, TimeSpan limit)
    {
        var known = version.Risks.Concat(problem is null ? [] : [problem]).ToList();
        return $"""
            Version {version.Version} is still in memory {limit.TotalSeconds:0.#} s after it was unloaded: each replaced version would cost memory until the host restarts.
            {(known.Count > 0 ? "Known of it: " + string.Join("; ", known) + "." : "Nothing in its metadata tells why.")}
            What holds a plugin is mostly one of these, and DisposeAsync is the place to end it: a thread, timer or loop that goes on; a handler on a static event;
            a registration, GCHandle or meter of its own that is not disposed; a task that still waits. What the framework's caches hold for ever: TypeDescriptor,
            ConfigurationBinder, DataAnnotations.Validator, Newtonsoft.Json, C# dynamic. The table in Dkron.Host/Plugins/README-authors.md has all that was measured.
            """;
    }
}
