using Dkron.Host.Plugins;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Tests.Plugins;

public sealed class RetainedTests : IAsyncDisposable
{
    private const string Name = "held";

    private readonly PluginWorkbench _bench = new(PluginWorkbench.Quick);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData("a thread", "new Thread(() => Stay.WaitOne()) { IsBackground = true }.Start();", "", "not known what; a thread, timer, task or event handler of its own")]
    [InlineData("a known risk", "AppDomain.CurrentDomain.SetData(\"dkron-test-held\", new Own());", "", "it uses AppDomain.SetData: keep the value in a field")]
    [InlineData("a disposal that hangs", "", "public async ValueTask DisposeAsync() { await Task.Yield(); Stay.WaitOne(); }", "its DisposeAsync still runs")]
    [InlineData("native code", "new Thread(() => Stay.WaitOne()) { IsBackground = true }.Start();", "", "it brings native code (libown.so), which stays loaded until the host ends", true)]
    public async Task A_version_that_stays_is_told_of_once_with_its_age_and_what_is_known(string what, string statement, string members, string known, bool isNative = false)
    {
        var folder = _bench.Add(Name, PluginCompiler.Processor("Do()", $$"""
            static string Do() { {{statement}} return "one"; }
            {{members}}
            static readonly ManualResetEvent Stay = new(false);
            public class Own { }
            """));
        if (isNative)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "libown.so"), "native", TestContext.Current.CancellationToken);
        }

        await _bench.WatchAsync();
        (await _bench.CallAsync(Name)).Should().Be("one", what);

        await File.WriteAllBytesAsync(Path.Combine(folder, $"dkron-processor-{Name}.dll"), PluginWorkbench.Image(Name, "two"), TestContext.Current.CancellationToken);

        await Until.TrueAsync(() => _bench.Registry.Statuses.Any(status => status.State == GenerationState.Retained));
        var status = _bench.Status(Name, GenerationState.Retained);
        status.Reason.Should().StartWith("it was unloaded but something holds it in memory: ").And.Contain(known);
        (status.Generation, status.Version).Should().Be((1, "1.0.0"));
        var told = _bench.Log.Entries.Where(entry => entry.Message.Contains("is still in memory")).Should().ContainSingle().Subject;
        told.Level.Should().Be(LogLevel.Warning);
        told.Message.Should().MatchRegex($"^Plugins: {Name} 1\\.0\\.0 #1 is still in memory [0-9]+ s after it was unloaded: ").And.Contain(known);
    }
}
