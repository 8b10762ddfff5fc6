using System.Diagnostics;
using Dkron.Host.Jobs;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Dkron.Host.Tests.Jobs;

public sealed class JobSourceTests : IAsyncDisposable
{
    private const int Refused = 1006;
    private const int StartedFromLastGood = 1007;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly SettingsFolder _folder = new();
    private readonly CollectingLog<JobSource> _log = new();
    private readonly List<JobSource> _sources = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources)
        {
            await source.StopAsync(CancellationToken.None);
            source.Dispose();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Jobs_are_added_changed_and_removed_while_running_and_others_stay_the_same_objects()
    {
        WriteJobs(("a", "@daily"), ("b", "@daily"), ("c", "@daily"));
        var source = await StartAsync();
        var before = source.Current;

        WriteJobs(("b", "@hourly"), ("c", "@daily"), ("d", "@daily"));
        var after = await UntilAsync(source, set => set.Find("d") is not null);

        after.Jobs.Select(job => job.Name.Text).Should().Equal("b", "c", "d");
        after.ByName["c"].Should().BeSameAs(before.ByName["c"]);
        after.ByName["b"].Should().NotBeSameAs(before.ByName["b"]);
        _log.Texts(1001).Last().Should().Be("Jobs: 3 hold; added 1 (d), changed 1 (b), removed 1 (a)");
    }

    [Fact]
    public async Task A_load_of_many_jobs_shows_how_far_it_is()
    {
        WriteJobs([.. Enumerable.Range(0, SettingsCheck.JobsPerProgress + 1).Select(i => ($"job-{i}", "@daily"))]);

        await StartAsync();

        _log.Texts(1013).Should().Equal("Settings: 20000 of 20001 jobs are read");
    }

    [Fact]
    public async Task The_order_of_processors_follows_an_edit_while_running()
    {
        _folder.WriteJob(""" "processors": { "zeta": {}, "alpha": {}, "10": {} } """);
        var source = await StartAsync();

        _folder.WriteJob(""" "processors": { "10": { "x": true }, "zeta": {}, "alpha": {} } """);
        var after = await UntilAsync(source, set => set.ByName["nightly"].Processors[0].Name != "zeta");

        after.ByName["nightly"].Processors.Select(step => step.Name).Should().Equal("10", "zeta", "alpha");
        after.ByName["nightly"].Processors[0].Config["x"].Should().Be("true");
    }

    [Fact]
    public async Task A_file_that_is_moved_over_takes_effect()
    {
        WriteJobs(("a", "@daily"));
        var source = await StartAsync();

        File.WriteAllText(_folder.At("new"), Jobs(("b", "@daily")));
        File.Move(_folder.At("new"), _folder.Main, overwrite: true);

        (await UntilAsync(source, set => set.Find("b") is not null)).Jobs.Should().ContainSingle();
    }

    [Fact]
    public async Task A_swapped_link_to_a_folder_takes_effect()
    {
        Directory.CreateDirectory(_folder.At("..1"));
        Directory.CreateDirectory(_folder.At("..2"));
        File.WriteAllText(_folder.At("..1/appsettings.json"), Jobs(("a", "@daily")));
        File.WriteAllText(_folder.At("..2/appsettings.json"), Jobs(("b", "@daily")));
        Directory.CreateSymbolicLink(_folder.At("..data"), "..1");
        File.CreateSymbolicLink(_folder.Main, "..data/appsettings.json");
        var source = await StartAsync();

        Directory.CreateSymbolicLink(_folder.At("..new"), "..2");
        using var move = Process.Start("mv", ["-T", _folder.At("..new"), _folder.At("..data")]);
        await move.WaitForExitAsync(TestContext.Current.CancellationToken);

        (await UntilAsync(source, set => set.Find("b") is not null)).Jobs.Should().ContainSingle();
    }

    [Fact]
    public async Task A_half_written_file_changes_nothing_is_told_once_and_the_next_good_save_holds()
    {
        WriteJobs(("a", "@daily"));
        var source = await StartAsync();
        var whole = Jobs(("a", "@hourly"), ("b", "@daily"));

        File.WriteAllText(_folder.Main, whole[..(whole.Length / 2)]);
        await UntilToldAsync(Refused);
        source.Current.ByName["a"].Schedule!.Text.Should().Be("@daily");
        File.WriteAllText(_folder.Main, whole);
        var after = await UntilAsync(source, set => set.Find("b") is not null);

        after.ByName["a"].Schedule!.Text.Should().Be("@hourly");
        _log.Texts(Refused).Should().ContainSingle().Which.Should().Contain(_folder.Main).And.Contain("is not JSON");
    }

    [Fact]
    public async Task A_deleted_file_changes_nothing_and_is_told()
    {
        WriteJobs(("a", "@daily"));
        var source = await StartAsync();

        File.Delete(_folder.Main);
        await UntilToldAsync(Refused);

        source.Current.Jobs.Should().ContainSingle();
        _log.Texts(Refused).Should().ContainSingle().Which.Should().Contain("does not exist");
    }

    [Fact]
    public async Task A_wrong_job_among_good_changes_leaves_all_as_they_were()
    {
        WriteJobs(("a", "@daily"));
        var source = await StartAsync();

        _folder.Write("""{ "Jobs": { "a": { "command": "x", "schedule": "@hourly" }, "b": { "command": 7, "schedule": "@daily" } } }""");
        var problems = await source.ReloadAsync(CancellationToken.None);

        problems.Should().ContainSingle().Which.Job.Should().Be("b");
        source.Current.ByName["a"].Schedule!.Text.Should().Be("@daily");
    }

    [Fact]
    public async Task A_restart_with_a_bad_file_starts_from_the_last_good_settings_loudly()
    {
        _folder.Write("""{ "Dkron": { "DataDirectory": "state", "NodeName": "n1" }, "Jobs": { "a": { "command": "x", "schedule": "@daily", "cwd": "sub" } } }""");
        await (await StartAsync()).StopAsync(CancellationToken.None);
        _folder.Write("""{ "Dkron": { "DataDirectory": "state", "NodeName": "n1" }, "Jobs": { "a": """);

        var settings = HostSettings.Load(_folder.Reader());
        var source = await StartAsync(settings);

        source.Current.ByName["a"].Command.WorkingDirectory.Should().Be(_folder.At("sub"));
        settings.Configuration["Dkron:NodeName"].Should().Be("n1");
        settings.DataDirectory.Should().Be(_folder.At("state"));
        _log.Texts(StartedFromLastGood).Should().ContainSingle().Which.Should().Contain("is not JSON").And.Contain("last-good-settings");
    }

    [Fact]
    public async Task After_a_restart_with_a_bad_file_the_next_good_save_holds()
    {
        WriteJobs(("a", "@daily"));
        await (await StartAsync()).StopAsync(CancellationToken.None);
        _folder.Write("{");
        var source = await StartAsync();

        WriteJobs(("b", "@daily"));

        (await UntilAsync(source, set => set.Find("b") is not null)).Jobs.Should().ContainSingle();
    }

    [Fact]
    public void Without_last_good_settings_a_bad_file_ends_the_start_with_every_problem()
    {
        _folder.Write("""{ "Dkron": { "NodeNam": "x", "ShutdownGrace": "x" } }""");

        var start = () => HostSettings.Load(_folder.Reader());

        start.Should().Throw<JobConfigException>().Which.Problems.Should().HaveCount(2);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task The_kept_settings_are_readable_by_their_owner_only()
    {
        WriteJobs(("a", "@daily"));

        await StartAsync();

        File.GetUnixFileMode(_folder.At("data/last-good-settings")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(-1)]
    public async Task Kept_settings_that_are_damaged_are_not_used(int keptBytes)
    {
        WriteJobs(("a", "@daily"));
        await (await StartAsync()).StopAsync(CancellationToken.None);
        var kept = File.ReadAllBytes(_folder.At("data/last-good-settings"));
        File.WriteAllBytes(_folder.At("data/last-good-settings"), kept[..(keptBytes < 0 ? kept.Length - 1 : keptBytes)]);
        _folder.Write("{");

        var start = () => HostSettings.Load(_folder.Reader());

        start.Should().Throw<JobConfigException>();
    }

    [Fact]
    public async Task The_hosts_own_settings_follow_a_good_edit_and_keep_their_values_at_a_bad_one()
    {
        _folder.Write("""{ "Dkron": { "ShutdownGrace": "5s" } }""");
        var settings = HostSettings.Load(_folder.Reader());
        var source = await StartAsync(settings);
        var reloads = 0;
        using var registration = ChangeToken.OnChange(settings.Configuration.GetReloadToken, () => reloads++);

        _folder.Write("""{ "Dkron": { "ShutdownGrace": "250ms", "NodeName": "other" } }""");
        await source.ReloadAsync(CancellationToken.None);
        _folder.Write("""{ "Dkron": { "ShutdownGrace": "forever" } }""");
        var problems = await source.ReloadAsync(CancellationToken.None);

        problems.Should().ContainSingle();
        reloads.Should().Be(1);
        settings.Configuration.GetSection("Dkron").Get<DkronOptions>()!.ShutdownGrace.Should().Be(TimeSpan.FromMilliseconds(250));
        _log.Texts(1011).Should().HaveCount(2).And.ContainMatch("*Dkron:NodeName*").And.ContainMatch("*Dkron:ShutdownGrace*");
    }

    [Theory]
    [InlineData("""{ "Using": ["Serilog.Sinks.File"] }""", "Serilog.Sinks.File")]
    [InlineData("""{ "MinimumLevel": { "Default": "Debug" }, "MinimumLevel:Default": "Debug" }""", "Serilog:MinimumLevel:Default")]
    [InlineData("""{ "MinimumLevel": "Loud" }""", "Loud")]
    public async Task A_log_that_cannot_be_made_is_a_problem_like_any_other(string serilog, string named)
    {
        WriteJobs(("a", "@daily"));
        var source = await StartAsync();
        _folder.Write($$"""{ "Serilog": {{serilog}}, "Jobs": { "b": { "command": "x", "schedule": "@daily" } } }""");

        var problems = await source.ReloadAsync(CancellationToken.None);
        var restarted = HostSettings.Load(_folder.Reader());

        problems.Should().ContainSingle().Which.Should().Match<Problem>(problem => problem.Key == "Serilog" && problem.Message.Contains(named));
        source.Current.Jobs.Should().ContainSingle().Which.Name.Text.Should().Be("a");
        restarted.LastGood.Should().NotBeNull();
        restarted.Problems.Should().BeEquivalentTo(problems);
    }

    [Fact]
    public async Task A_processor_that_appears_makes_refused_jobs_good_at_a_recheck()
    {
        _folder.WriteJob(""" "processors": { "log": {} } """);
        var source = await StartAsync();
        _folder.WriteJob(""" "processors": { "late": {} } """);
        (await source.ReloadAsync(CancellationToken.None)).Should().ContainSingle();

        _folder.Catalog["late"] = new PluginDescription { Name = "late" };
        var problems = await source.RecheckAsync(CancellationToken.None);

        problems.Should().BeEmpty();
        source.Current.ByName["nightly"].Processors[0].Name.Should().Be("late");
    }

    [Fact]
    public async Task A_recheck_while_the_file_is_bad_checks_the_last_good_settings()
    {
        _folder.WriteJob(""" "processors": { "log": {} } """);
        var source = await StartAsync();
        _folder.Write("{");

        _folder.Catalog["log"] = new PluginDescription { Name = "log", Unavailable = "was removed" };
        var problems = await source.RecheckAsync(CancellationToken.None);

        problems.Should().BeEmpty();
        source.Current.Warnings.Should().ContainSingle().Which.Message.Should().Contain("was removed");
        source.Problems.Should().ContainSingle("the file is bad still").Which.Message.Should().Contain("is not JSON");
    }

    [Fact]
    public async Task A_job_that_its_tags_keep_away_is_told_once()
    {
        _folder.Write("""{ "Dkron": { "Tags": { "role": "db" } }, "Jobs": { "a": { "command": "x", "schedule": "@daily", "tags": { "role": "web" } } } }""");
        var source = await StartAsync();

        await source.ReloadAsync(CancellationToken.None);

        _log.Texts(1002).Should().ContainSingle().Which.Should().StartWith("Job a is not fired on this node: it wants");
    }

    private static string Jobs(params (string Name, string Schedule)[] jobs) =>
        $$"""{ "Jobs": { {{string.Join(", ", jobs.Select(job => $$"""
            "{{job.Name}}": { "command": "/bin/true", "schedule": "{{job.Schedule}}" }
            """))}} } }""";

    private static async Task<JobSet> UntilAsync(JobSource source, Func<JobSet, bool> isReached)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        await foreach (var set in source.ReadAsync(limit.Token))
        {
            if (isReached(set))
            {
                return set;
            }
        }

        throw new InvalidOperationException("The sets ended.");
    }

    private async Task UntilToldAsync(int id)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        while (!_log.Texts(id).Any())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }

    private void WriteJobs(params (string Name, string Schedule)[] jobs) => _folder.Write(Jobs(jobs));

    private async Task<JobSource> StartAsync(HostSettings? settings = null)
    {
        var source = new JobSource(settings ?? HostSettings.Load(_folder.Reader()), () => _folder.Catalog, TimeProvider.System, _log);
        _sources.Add(source);
        await source.StartAsync(CancellationToken.None);
        return source;
    }
}
