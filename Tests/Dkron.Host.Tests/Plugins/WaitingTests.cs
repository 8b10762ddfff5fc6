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

    [Theory]
    [InlineData("damaged")]
    [InlineData("open to others")]
    public async Task The_last_good_build_is_told_of_once_when_it_does_not_fit_the_jobs_and_used_when_it_does(string folder)
    {
        await using var host = await StartAsync();
        var dll = Path.Combine(_bench.Folder, $"dkron-processor-{Name}", $"dkron-processor-{Name}.dll");
        Directory.Delete(Path.GetDirectoryName(dll)!, recursive: true);
        await Until.TrueAsync(() => host.Plugins.Catalog[Name].Unavailable is not null);
        Write("new");
        await Until.TrueAsync(() => host.Jobs.Current.ByName["nightly"].Processors[0].Config.ContainsKey("new"));
        _bench.AddImage(Name, folder == "damaged" ? "no assembly"u8.ToArray() : MisfitHost.Image(Name, "two", Old));
        File.SetUnixFileMode(dll, Private | (folder == "damaged" ? 0 : UnixFileMode.GroupWrite));
        await Until.TrueAsync(() => LastGoodErrors.Any());

        // Other plugins are another occasion to try it.
        for (var i = 0; i < 3; i++)
        {
            MisfitHost.Add(_bench, $"later{i}", "good", "");
            await Until.TrueAsync(() => host.Plugins.Catalog.ContainsKey($"later{i}"));
            await host.UntilAsync(_bench, $"later{i}", "good");
        }

        LastGoodErrors.Should().ContainSingle().Which.Should().EndWith("it is tried again when the settings or other plugins change");
        Write("old");
        await host.UntilAsync(_bench, Name, "one");
        host.Active(Name).Reason.Should().StartWith("this is the last good build; the one in its folder is refused: ");
    }

    [Fact]
    public async Task A_going_back_to_what_does_not_fit_the_jobs_is_refused_for_good()
    {
        await using var host = await StartAsync();
        MisfitHost.Add(_bench, Name, "two", $"{Old}, {New}");
        await host.UntilAsync(_bench, Name, "two");
        Write("new");
        await Until.TrueAsync(() => host.Jobs.Current.ByName["nightly"].Processors[0].Config.ContainsKey("new"));

        var back = () => host.Plugins.RollBackAsync(Name, TestContext.Current.CancellationToken);

        (await back.Should().ThrowAsync<PluginRefusedException>().WithMessage("*does not fit the jobs: *")).Which.Message.Should().NotContain("tried again");
        (await _bench.CallAsync(Name, host.Plugins)).Should().Be("two");
    }

    private IEnumerable<string> LastGoodErrors => _bench.Log.Errors.Where(text => text.Contains("cannot be used either"));

    private async Task<MisfitHost> StartAsync()
    {
        MisfitHost.Add(_bench, Name, "one", Old);
        Write("old");
        return await MisfitHost.StartAsync(_bench, _folder, Strict);
    }

    private void Write(string option) => _folder.WriteJob($$""" "processors": { "{{Name}}": { "{{option}}": "x" } } """);
}
