using Dkron.Host.Plugins;
using Dkron.Host.Tests.Jobs;

namespace Dkron.Host.Tests.Plugins;

public sealed class TogetherTests : IAsyncDisposable
{
    private const string Odd = "odd";
    private const string New = """Option("new", required: true)""";
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
        await using var host = await StartWithOldOnesAsync();

        foreach (var what in order)
        {
            await ComeAsync(host, what, isLast: what == order[^1]);
        }

        await AreAllTakenAsync(host);
    }

    [Theory]
    [InlineData("settings", "first", "second")]
    [InlineData("first", "settings", "second")]
    [InlineData("second", "first", "settings")]
    public async Task A_third_one_that_fits_nothing_keeps_no_others_from_being_taken_together(params string[] order)
    {
        await using var host = await StartWithOldOnesAsync();
        MisfitHost.Add(_bench, Odd, "two", """Option("other")""");
        await IsRefusedAsync(Odd);

        foreach (var what in order)
        {
            await ComeAsync(host, what, isLast: what == order[^1]);
        }

        await AreAllTakenAsync(host);
        (await _bench.CallAsync(Odd, host.Plugins)).Should().Be("one");
    }

    [Fact]
    public async Task All_that_came_while_the_host_was_down_and_need_each_other_are_taken_though_a_third_one_fits_nothing()
    {
        await (await StartWithOldOnesAsync()).DisposeAsync();
        MisfitHost.Add(_bench, Odd, "two", """Option("other")""");
        Names.ToList().ForEach(name => MisfitHost.Add(_bench, name, "two", New));
        Write("new");

        await using var host = await MisfitHost.StartAsync(_bench, _folder);

        (await AreAllAsync(host, "two")).Should().BeTrue();
        (await _bench.CallAsync(Odd, host.Plugins)).Should().Be("one");
        host.Jobs.Problems.Should().BeEmpty();
    }

    [Fact]
    public async Task Two_that_need_each_other_and_come_at_the_same_time_are_taken()
    {
        using var meeting = new Barrier(2);
        await using var host = await StartWithOldOnesAsync(fit => fit with
        {
            FitsWithSomeOf = (catalog, waiting, cancellationToken) =>
            {
                // Whoever is checked alone finds nobody here.
                meeting.SignalAndWait(TimeSpan.FromSeconds(2), cancellationToken);
                return fit.FitsWithSomeOf(catalog, waiting, cancellationToken);
            },
        });
        Write("new");
        await Until.TrueAsync(() => host.Jobs.Problems.Count > 0);
        var images = Names.Select(name => (Name: name, Image: MisfitHost.Image(name, "two", New))).ToList();

        images.ForEach(one => _bench.AddImage(one.Name, one.Image));

        await AreAllTakenAsync(host);
    }

    [Fact]
    public async Task One_that_objects_to_its_settings_lets_no_other_one_in()
    {
        await using var host = await StartWithOldOnesAsync();
        Write("new", second: "bad");
        await Until.TrueAsync(() => host.Jobs.Problems.Count > 0);
        MisfitHost.Add(_bench, "second", "two", New, """public IReadOnlyList<string> Validate(ProcessorConfig config) => config.GetValueOrDefault("new") == "bad" ? ["it is bad"] : [];""");
        await IsRefusedAsync("second");

        MisfitHost.Add(_bench, "first", "two", New);

        await IsRefusedAsync("first");
        (await AreAllAsync(host, "one")).Should().BeTrue();
        Write("new");
        await AreAllTakenAsync(host);
    }

    [Theory]
    [InlineData("is gone")]
    [InlineData("is replaced")]
    public async Task One_that_waited_and_does_not_lie_in_its_folder_any_more_lets_no_other_one_in(string what)
    {
        var patient = new PluginOptions { SettleTime = TimeSpan.FromMilliseconds(50), PollInterval = TimeSpan.FromMilliseconds(200), RemovalGrace = TimeSpan.FromMinutes(5) };
        await using var host = await StartWithOldOnesAsync(options: patient);
        Write("new");
        await Until.TrueAsync(() => host.Jobs.Problems.Count > 0);
        MisfitHost.Add(_bench, "second", "two", New);
        await IsRefusedAsync("second");
        var folder = Path.Combine(_bench.Folder, "dkron-processor-second");
        if (what == "is gone")
        {
            Directory.Delete(folder, recursive: true);
            await Until.TrueAsync(() => _bench.Log.Entries.Any(entry => entry.Message.Contains("the folder of second")));
        }
        else
        {
            _bench.AddImage("second", "no assembly"u8.ToArray());
            await Until.TrueAsync(() => host.Active("second").Reason?.Contains("is damaged or no .NET assembly") == true);
        }

        MisfitHost.Add(_bench, "first", "two", New);

        await IsRefusedAsync("first");
        (await AreAllAsync(host, "one")).Should().BeTrue();
        Directory.CreateDirectory(folder);
        MisfitHost.Add(_bench, "second", "two", New);
        await AreAllTakenAsync(host);
    }

    [Fact]
    public async Task One_that_was_let_in_for_another_that_then_cannot_be_loaded_makes_way_for_the_last_good_one_and_is_never_taken_for_good()
    {
        var trap = Path.Combine(_bench.Root, "trap");
        var good = Path.Combine(_bench.Data, "plugins", "first", "last-good");
        await using (var host = await StartWithOldOnesAsync())
        {
            var before = await File.ReadAllTextAsync(good, TestContext.Current.CancellationToken);
            Write("new");
            await Until.TrueAsync(() => host.Jobs.Problems.Count > 0);
            MisfitHost.Add(_bench, "second", "two", New, $"public TheProcessor() {{ if (System.IO.File.Exists(\"{trap}\")) throw new InvalidOperationException(\"trapped\"); }}");
            await IsRefusedAsync("second");
            await File.WriteAllTextAsync(trap, "", TestContext.Current.CancellationToken);

            MisfitHost.Add(_bench, "first", "two", New);

            await host.UntilAsync(_bench, "first", "two");
            await Until.TrueAsync(() => host.Active("second").Reason?.Contains("trapped") == true);
            await host.UntilAsync(_bench, "first", "one");
            host.Active("first").Reason.Should().StartWith("this is the last good build; the one in its folder is refused: ").And.Contain("did not come");
            (await File.ReadAllTextAsync(good, TestContext.Current.CancellationToken)).Should().Be(before);
        }

        await using var next = await MisfitHost.StartAsync(_bench, _folder);

        (await AreAllAsync(next, "one")).Should().BeTrue();
        File.Delete(trap);
        await next.Plugins.ReloadAsync("second", TestContext.Current.CancellationToken);
        await AreAllTakenAsync(next);
        await Until.TrueAsync(async () => (await File.ReadAllTextAsync(good, TestContext.Current.CancellationToken)).StartsWith(next.Active("first").TreeHash!, StringComparison.Ordinal));
    }

    private async Task<MisfitHost> StartWithOldOnesAsync(Func<JobsFit, JobsFit>? around = null, PluginOptions? options = null)
    {
        Names.Append(Odd).ToList().ForEach(name => MisfitHost.Add(_bench, name, "one", """Option("old")"""));
        Write("old");
        return await MisfitHost.StartAsync(_bench, _folder, options, around);
    }

    private Task AreAllTakenAsync(MisfitHost host) =>
        Until.TrueAsync(async () => host.Jobs.Current.ByName["nightly"].Processors.Count(step => step.Config.ContainsKey("new")) == Names.Length && await AreAllAsync(host, "two"));

    private Task IsRefusedAsync(string name) =>
        Until.TrueAsync(() => _bench.Log.Errors.Any(text => text.StartsWith($"Plugins: {name} ", StringComparison.Ordinal) && text.Contains("does not fit the jobs")));

    private async Task ComeAsync(MisfitHost host, string what, bool isLast)
    {
        if (what == "settings")
        {
            Write("new");
            await Until.TrueAsync(() => isLast || host.Jobs.Problems.Count > 0);
        }
        else
        {
            MisfitHost.Add(_bench, what, "two", New);
            await (isLast ? Task.CompletedTask : IsRefusedAsync(what));
        }

        (isLast || await AreAllAsync(host, "one")).Should().BeTrue("nothing is taken before all are there");
    }

    private async Task<bool> AreAllAsync(MisfitHost host, string output) =>
        await _bench.CallAsync(Names[0], host.Plugins) == output && await _bench.CallAsync(Names[1], host.Plugins) == output;

    private void Write(string option, string second = "x") =>
        _folder.WriteJob($$""" "processors": { "first": { "{{option}}": "x" }, "second": { "{{option}}": "{{second}}" }, "odd": { "old": "x" } } """);
}
