using Dkron.Host.Jobs.Problems;
using Dkron.Host.Tests.Jobs;

namespace Dkron.Host.Tests.Plugins;

public sealed class MisfitRestartTests : IAsyncDisposable
{
    private const string Name = "picky";
    private const string SecretOption = """new() { Name = "token", Type = OptionType.Secret, Description = "" }""";

    private readonly PluginWorkbench _bench = new();
    private readonly SettingsFolder _folder = new();

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("a new option that is required", """Option("greeting"), Option("target", required: true)""", "target")]
    [InlineData("an option that is gone", """Option("other")""", "other")]
    public async Task A_build_that_does_not_fit_the_jobs_keeps_no_host_from_starting_and_is_taken_once_the_settings_fit(string what, string options, string fitting)
    {
        MisfitHost.Add(_bench, Name, "one", """Option("greeting")""");
        Write("greeting");
        await (await MisfitHost.StartAsync(_bench, _folder)).DisposeAsync();
        MisfitHost.Add(_bench, Name, "two", options);
        await (await MisfitHost.StartAsync(_bench, _folder)).DisposeAsync();

        await using var host = await MisfitHost.StartAsync(_bench, _folder);

        (await _bench.CallAsync(Name, host.Plugins)).Should().Be("one", what);
        host.Active(Name).Reason.Should().StartWith("this is the last good build; the one in its folder is refused: ").And.Contain("does not fit the jobs");
        _bench.Log.Errors.Should().HaveCount(2, "each start tells it once").And.OnlyContain(text => text.Contains("does not fit the jobs: ") && text.Contains("nightly"));
        host.Jobs.Problems.Should().BeEmpty();
        Write(fitting);
        await Until.TrueAsync(async () => await _bench.CallAsync(Name, host.Plugins) == "two" && host.Jobs.Current.ByName["nightly"].Processors[0].Config.ContainsKey(fitting));
    }

    [Fact]
    public async Task A_build_that_came_while_the_host_was_down_is_taken_when_the_jobs_can_do_with_it_whatever_another_one_needs()
    {
        MisfitHost.Add(_bench, Name, "one", """Option("greeting")""");
        MisfitHost.Add(_bench, "easy", "one", "");
        Write("greeting");
        await (await MisfitHost.StartAsync(_bench, _folder)).DisposeAsync();
        MisfitHost.Add(_bench, Name, "two", """Option("other")""");
        MisfitHost.Add(_bench, "easy", "two", "");

        await using var host = await MisfitHost.StartAsync(_bench, _folder);

        (await _bench.CallAsync(Name, host.Plugins)).Should().Be("one");
        (await _bench.CallAsync("easy", host.Plugins)).Should().Be("two");
    }

    [Fact]
    public async Task A_first_build_that_does_not_fit_the_jobs_keeps_no_host_from_starting_that_ran_without_it()
    {
        _bench.AddImage(Name, "no assembly"u8.ToArray());
        Write("greeting");
        await using (var host = await MisfitHost.StartAsync(_bench, _folder))
        {
            MisfitHost.Add(_bench, Name, "one", """Option("other")""");
            await Until.TrueAsync(() => host.Plugins.Catalog[Name].Unavailable!.Contains("does not fit the jobs"));
        }

        await using var next = await MisfitHost.StartAsync(_bench, _folder);

        next.Plugins.Catalog[Name].Unavailable.Should().Contain("does not fit the jobs");
        Write("other");
        await next.UntilAsync(_bench, Name, "one");
    }

    [Fact]
    public async Task At_the_very_first_start_settings_that_do_not_fit_are_wrong_and_no_plugin_is()
    {
        MisfitHost.Add(_bench, Name, "one", """Option("greeting")""");
        Write("greting");

        var start = () => MisfitHost.StartAsync(_bench, _folder);

        await start.Should().ThrowAsync<JobConfigException>().WithMessage("*greting*did you mean 'greeting'*");
    }

    [Fact]
    public async Task When_settings_that_were_good_hold_no_more_for_a_reason_that_is_no_plugins_fault_nothing_is_told_of_last_good_builds()
    {
        var secret = _folder.At("secret");
        await File.WriteAllTextAsync(secret, "x", TestContext.Current.CancellationToken);
        MisfitHost.Add(_bench, Name, "one", SecretOption);
        _folder.WriteJob($$""" "processors": { "{{Name}}": { "token": "${file:{{secret}}}" } } """);
        await (await MisfitHost.StartAsync(_bench, _folder)).DisposeAsync();
        MisfitHost.Add(_bench, Name, "two", SecretOption);
        File.Delete(secret);

        var start = () => MisfitHost.StartAsync(_bench, _folder);

        await start.Should().ThrowAsync<JobConfigException>().WithMessage("*secret*");
        _bench.Log.Entries.Should().NotContain(entry => entry.Message.Contains("runs its last good version"));
        _bench.Log.Errors.Should().BeEmpty();
    }

    private void Write(string option) => _folder.WriteJob($$""" "processors": { "picky": { "{{option}}": "x" } } """);
}
