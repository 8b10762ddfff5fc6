using Dkron.Host.Tests.Jobs;

namespace Dkron.Host.Tests.Plugins;

public sealed class TogetherTests : IAsyncDisposable
{
    private static readonly string[] Names = ["first", "second"];

    private readonly PluginWorkbench _bench = new();
    private readonly SettingsFolder _folder = new();

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("settings", "first", "second")]
    [InlineData("first", "settings", "second")]
    [InlineData("second", "first", "settings")]
    public async Task Two_plugins_and_settings_that_need_each_other_are_taken_in_any_order(params string[] order)
    {
        foreach (var name in Names)
        {
            MisfitHost.Add(_bench, name, "one", """Option("old")""");
        }

        Write("old");
        await using var host = await MisfitHost.StartAsync(_bench, _folder);

        foreach (var what in order)
        {
            await ComeAsync(host, what, isLast: what == order[^1]);
        }

        await Until.TrueAsync(async () => host.Jobs.Current.ByName["nightly"].Processors.All(step => step.Config.ContainsKey("new")) && await AreAllAsync(host, "two"));
    }

    private async Task ComeAsync(MisfitHost host, string what, bool isLast)
    {
        if (what == "settings")
        {
            Write("new");
            await Until.TrueAsync(() => isLast || host.Jobs.Problems.Count > 0);
        }
        else
        {
            MisfitHost.Add(_bench, what, "two", """Option("new", required: true)""");
            await Until.TrueAsync(() => isLast || _bench.Log.Errors.Any(text => text.StartsWith($"Plugins: {what} ", StringComparison.Ordinal) && text.Contains("does not fit the jobs")));
        }

        (isLast || await AreAllAsync(host, "one")).Should().BeTrue("nothing is taken before all are there");
    }

    private async Task<bool> AreAllAsync(MisfitHost host, string output) =>
        await _bench.CallAsync(Names[0], host.Plugins) == output && await _bench.CallAsync(Names[1], host.Plugins) == output;

    private void Write(string option) => _folder.WriteJob($$""" "processors": { "first": { "{{option}}": "x" }, "second": { "{{option}}": "x" } } """);
}
