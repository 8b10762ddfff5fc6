using Dkron.Host.Plugins;
using Dkron.Host.Tests.Jobs;

namespace Dkron.Host.Tests.Plugins;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class WaitingTests : IAsyncDisposable
{
    private const string Name = "waiting";
    private const string Old = """Option("old")""";
    private const string New = """Option("new")""";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly PluginOptions Strict = new()
    {
        SettleTime = TimeSpan.FromMilliseconds(50),
        PollInterval = TimeSpan.FromMilliseconds(200),
        RemovalGrace = TimeSpan.FromMilliseconds(500),
        PermissionCheck = PermissionCheck.Enforce,
    };

    private readonly PluginWorkbench _bench = new();
    private readonly SettingsFolder _folder = new();

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_build_that_waited_for_the_settings_and_is_refused_for_a_reason_that_passes_is_taken_once_that_has_passed()
    {
        await using var host = await StartAsync();
        MisfitHost.Add(_bench, Name, "two", New);
        await Until.TrueAsync(() => host.Active(Name).Reason?.Contains("does not fit the jobs") == true);
        File.SetUnixFileMode(_bench.Above, Private | UnixFileMode.GroupWrite);
        Write("new");
        await Until.TrueAsync(() => host.Active(Name).Reason?.Contains("can be changed by others") == true);

        File.SetUnixFileMode(_bench.Above, Private);

        await host.UntilAsync(_bench, Name, "two");
    }

    private async Task<MisfitHost> StartAsync()
    {
        MisfitHost.Add(_bench, Name, "one", Old);
        Write("old");
        return await MisfitHost.StartAsync(_bench, _folder, Strict);
    }

    private void Write(string option) => _folder.WriteJob($$""" "processors": { "{{Name}}": { "{{option}}": "x" } } """);
}
