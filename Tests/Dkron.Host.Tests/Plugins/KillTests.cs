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

        for (var kill = 0; kill < Kills; kill++)
        {
            // One is killed as it starts, the next as it swaps.
            await KillAsync(awaitsStart: kill % 2 == 1);
        }

        await KillAsync(awaitsStart: true);
        Directory.GetDirectories(Path.Combine(_root, "data", "plugins", SwappingProcess.Name)).Length.Should().BeLessThan(10, "what nobody needs is pruned");
    }

    private async Task KillAsync(bool awaitsStart)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [SwappingProcess.Verb, _root]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        try
        {
            if (awaitsStart)
            {
                var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
                line.Should().StartWith(SwappingProcess.Good, "{0}", line is null ? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(awaitsStart ? 250 : 700)), TimeProvider.System, TestContext.Current.CancellationToken);
            process.HasExited.Should().BeFalse();
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
