using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Dkron.Host.Tests.Plugins;

/// <summary>Kills a process that loads, swaps and prunes without pause, and looks at how the next one starts.</summary>
[Collection(nameof(Alone))]
public sealed class KillTests : IDisposable
{
    /// <summary>200 is the long form.</summary>
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("DKRON_TEST_KILLS") ?? "20", CultureInfo.InvariantCulture);

    private readonly string _root = Directory.CreateTempSubdirectory("dkron-kills-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task After_a_kill_at_any_moment_the_next_start_works_with_a_version_that_was_good()
    {
        SwappingProcess.Prepare(_root);
        var start = await KillAsync(whileLoading: null);

        for (var kill = 0; kill < Kills; kill++)
        {
            // One is killed as it loads, the next as it copies, swaps and prunes.
            start = await KillAsync(kill % 2 == 0 ? start : null) ?? start;
        }

        await KillAsync(whileLoading: null);
        Directory.GetDirectories(Path.Combine(_root, "data", "plugins", SwappingProcess.Name)).Length.Should().BeLessThan(10, "what nobody needs is pruned");
    }

    /// <summary>Kills a process at a random moment of what it says it does, however fast it is at that.</summary>
    /// <param name="whileLoading">How long loading took in a process before this one; null when this one is to be killed later.</param>
    /// <returns>How long loading took; null when it was killed before its end.</returns>
    private async Task<TimeSpan?> KillAsync(TimeSpan? whileLoading)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [SwappingProcess.Verb, _root]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            await ReadAsync(process, SwappingProcess.Loads);
            var loading = Stopwatch.StartNew();
            if (whileLoading is { } usual)
            {
                await WaitForPartAsync(usual);
                return null;
            }

            await ReadAsync(process, SwappingProcess.Good);
            var loaded = loading.Elapsed;
            await ReadAsync(process, SwappingProcess.Swaps);
            var swaps = RandomNumberGenerator.GetInt32(1, 8);
            var swapping = Stopwatch.StartNew();
            for (var swap = 0; swap < swaps; swap++)
            {
                await ReadAsync(process, SwappingProcess.Swaps);
            }

            await WaitForPartAsync(swapping.Elapsed / swaps);
            return loaded;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static Task WaitForPartAsync(TimeSpan whole) => Task.Delay(whole * RandomNumberGenerator.GetInt32(1000) / 1000, TimeProvider.System, TestContext.Current.CancellationToken);

    private static async Task ReadAsync(Process process, string expected)
    {
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
        line.Should().StartWith(expected, "{0}", line is null ? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "");
    }
}
