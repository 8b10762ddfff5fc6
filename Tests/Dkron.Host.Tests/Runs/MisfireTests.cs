using Dkron.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Runs;

public sealed class MisfireTests : IDisposable
{
    private readonly RunsFolder _folder = new();
    private readonly FakeTimeProvider _time = new(At("2026-03-01T12:00:10Z"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("skip", "Skipped 13, Skipped 14, Skipped 15")]
    [InlineData("once", "Skipped 13, Skipped 14, Succeeded 15")]
    [InlineData("all", "Succeeded 13, Succeeded 14, Succeeded 15")]
    public async Task What_a_stopped_host_missed_is_treated_as_the_job_says(string misfire, string recorded)
    {
        Write(new { schedule = "@hourly", command = "true", misfire });
        await using (await StartAsync())
        {
        }

        _time.AdjustTime(At("2026-03-01T15:10:00Z"));
        await using var host = await StartAsync();
        await RecordedAsync(host, 3);

        Text(host).Should().Be(recorded);
        host.Recorded.Should().OnlyContain(one => one.Trigger == ExecutionTrigger.Schedule && (one.Success || one.Error!.Contains("missed")));
        host.DueFirings.NextOf("a").Should().Be(At("2026-03-01T16:00:00Z"));
    }

    [Theory]
    [InlineData("skip", "Skipped 13, Skipped 14")]
    [InlineData("all", "Succeeded 13, Succeeded 14")]
    public async Task So_is_what_passed_while_the_clock_was_set_or_the_machine_slept(string misfire, string recorded)
    {
        Write(new { schedule = "@hourly", command = "true", misfire });
        await using var host = await StartAsync();

        _time.AdjustTime(At("2026-03-01T14:10:00Z"));
        await RecordedAsync(host, 2);

        Text(host).Should().Be(recorded);
    }

    [Fact]
    public async Task So_is_what_was_due_while_nothing_could_be_recorded()
    {
        Write(new { schedule = "@hourly", command = "true", misfire = "once" });
        await using var host = await StartAsync();
        var database = Directory.EnumerateFiles(_folder.Path, "records.db", SearchOption.AllDirectories).Single();
        File.Move(database, database + ".away");
        _ = host.RunAsync("a");
        await Wait.Until(() => !host.Records.IsWritable);

        for (var i = 0; i < 130; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        File.Move(database + ".away", database);
        await PassAsync(() => host.Recorded.Count(one => one.Trigger == ExecutionTrigger.Schedule && one.Status != ExecutionStatus.Running) == 2);

        Text(host).Should().Contain("Skipped 13, Succeeded 14");
    }

    [Fact]
    public async Task A_job_that_was_never_seen_or_was_not_due_has_missed_nothing()
    {
        RunsHost.Write(_folder.Path, new
        {
            disabled = new { schedule = "@hourly", command = "true", disabled = true },
            edited = new { schedule = "@hourly", command = "true" },
            gone = new { schedule = "@hourly", command = "true" },
            late = new { schedule = "@hourly", command = "true", starts_at = "2026-03-02T00:00:00Z" },
        });
        await using (await StartAsync())
        {
        }

        _time.AdjustTime(At("2026-03-01T15:10:00Z"));
        RunsHost.Write(_folder.Path, new
        {
            disabled = new { schedule = "@hourly", command = "true" },
            edited = new { schedule = "@minutely", command = "true" },
            late = new { schedule = "@hourly", command = "true", starts_at = "2026-03-02T00:00:00Z" },
            @new = new { schedule = "@minutely", command = "true" },
        });
        await using (var host = await StartAsync())
        {
            await PassAsync(() => host.DueFirings.NextOf("new") is not null);
            host.Recorded.Should().BeEmpty();
        }

        _time.AdjustTime(At("2026-03-01T18:10:00Z"));
        RunsHost.Write(_folder.Path, new { gone = new { schedule = "@hourly", command = "true" } });
        await using var last = await StartAsync();
        await PassAsync(() => last.DueFirings.NextOf("gone") is not null);

        last.Recorded.Should().BeEmpty();
    }

    [Fact]
    public async Task An_edited_schedule_counts_from_the_edit_also_after_a_restart()
    {
        Write(new { schedule = "@yearly", command = "true" });
        await using (var host = await StartAsync())
        {
            _time.AdjustTime(At("2026-03-01T15:00:10Z"));
            Write(new { schedule = "@hourly", command = "true" });
            (await host.Jobs.ReloadAsync(CancellationToken.None)).Should().BeEmpty();
            await Wait.Until(() => host.DueFirings.NextOf("a")?.Hour == 16);
        }

        _time.AdjustTime(At("2026-03-01T17:10:00Z"));
        await using var after = await StartAsync();
        await RecordedAsync(after, 2);

        Text(after).Should().Be("Skipped 16, Skipped 17");
    }

    [Fact]
    public async Task Every_keeps_its_phase_over_restarts_and_edits()
    {
        Write(new { schedule = "@every 7m", command = "true" });
        await using (await StartAsync())
        {
        }

        _time.AdjustTime(At("2026-03-01T12:05:00Z"));
        Write(new { schedule = "@every 7m", command = "true", owner = "me" });
        await using var host = await StartAsync();
        await Wait.Until(() => host.DueFirings.NextOf("a") is not null);

        host.DueFirings.NextOf("a").Should().Be(At("2026-03-01T12:07:10Z"));
    }

    [Fact]
    public async Task What_a_kill_interrupts_while_it_is_made_up_for_is_made_up_for_at_the_next_start()
    {
        Write(new { schedule = "@hourly", command = $"while [ ! -e {_folder.At("off")} ]; do sleep 0.05; done", shell = true, misfire = "all" });
        await using (await StartAsync())
        {
        }

        _time.AdjustTime(At("2026-03-01T15:10:00Z"));
        await using var killed = await RunsHost.StartAsync(_folder.Path, _time);
        await Wait.Until(() => killed.Executions.All is [{ HasPlace: true }]);
        var off = _folder.At("off");
        _folder.Kill();

        await using var host = await StartAsync();
        await PassAsync(() => host.Recorded.Count(one => one.Status != ExecutionStatus.Running) == 3);
        File.WriteAllText(off, "");

        Text(host).Should().Be("Lost 13, Succeeded 14, Succeeded 15");
    }

    [Theory]
    [InlineData("\"disabled\": true", "the job was disabled before")]
    [InlineData("\"tags\": { \"role\": \"web\" }", "the job was left to other nodes (")]
    [InlineData("\"parent_job\": \"b\"", "the job was given another way to start before")]
    public async Task What_a_job_missed_is_not_made_up_for_once_it_does_not_fire_by_itself(string edit, string reason)
    {
        var command = $"while [ ! -e {_folder.At("off")} ]; do sleep 0.05; done";
        Write(new { schedule = "@hourly", command, shell = true, misfire = "all" });
        await using var host = await RunsHost.StartAsync(_folder.Path, _time);
        _time.AdjustTime(At("2026-03-01T14:10:00Z"));
        await PassAsync(() => host.Executions.All is [{ HasPlace: true }]);
        File.WriteAllText(_folder.At("appsettings.json"), $$"""
            {
              "Dkron": { "NodeName": "node-1", "Tags": { "role": "db" } },
              "Jobs": {
                "a": { "schedule": "@hourly", "command": "{{command}}", "shell": true, "misfire": "all", {{edit}} },
                "b": { "schedule": "@manually", "command": "true" }
              }
            }
            """);
        (await host.Jobs.ReloadAsync(TestContext.Current.CancellationToken)).Should().BeEmpty();

        File.WriteAllText(_folder.At("off"), "");
        await RecordedAsync(host, 2);

        Text(host).Should().Be("Succeeded 13, Skipped 14");
        host.Recorded[^1].Error.Should().StartWith("it was missed: " + reason);
    }

    [Fact]
    public async Task What_was_skipped_by_a_clock_that_was_plainly_wrong_runs_when_its_time_has_come()
    {
        Write(new { schedule = "0 30 4 * * *", command = "true" });
        await using (var host = await StartAsync())
        {
            _time.AdjustTime(At("2026-03-04T12:00:00Z"));
            await RecordedAsync(host, 3);
            _time.AdjustTime(At("2026-03-01T12:01:00Z"));
            await PassAsync(() => host.DueFirings.NextOf("a") == At("2026-03-02T04:30:00Z"));

            await DueAsync(host, "2026-03-02T04:30:00Z", 4);
            await DueAsync(host, "2026-03-03T04:30:00Z", 5);
        }

        await using var restarted = await StartAsync();
        await PassAsync(() => restarted.DueFirings.NextOf("a") == At("2026-03-04T04:30:00Z"));
        await DueAsync(restarted, "2026-03-04T04:30:00Z", 6);

        Days(restarted).Should().Be("Skipped 2, Skipped 3, Skipped 4, Succeeded 2, Succeeded 3, Succeeded 4");
        restarted.Records.Check(TestContext.Current.CancellationToken).Should().BeEmpty();
    }

    [Fact]
    public async Task So_it_does_when_the_clock_is_corrected_while_the_host_is_stopped()
    {
        Write(new { schedule = "0 30 4 * * *", command = "true" });
        await using (var host = await StartAsync())
        {
            _time.AdjustTime(At("2026-03-04T12:00:00Z"));
            await RecordedAsync(host, 3);
        }

        _time.AdjustTime(At("2026-03-01T12:01:00Z"));
        await using var restarted = await StartAsync();
        await PassAsync(() => restarted.DueFirings.NextOf("a") == At("2026-03-02T04:30:00Z"));
        await DueAsync(restarted, "2026-03-02T04:30:00Z", 4);

        Days(restarted).Should().Be("Skipped 2, Skipped 3, Skipped 4, Succeeded 2");
    }

    [Fact]
    public async Task What_ran_by_a_clock_that_was_plainly_wrong_does_not_run_again_and_the_records_say_so()
    {
        Write(new { schedule = "0 30 4 * * *", command = "true" });
        await using var host = await StartAsync();
        await DueAsync(host, "2026-03-03T04:30:00Z", 2);
        _time.AdjustTime(At("2026-03-01T12:01:00Z"));
        await PassAsync(() => host.DueFirings.NextOf("a") == At("2026-03-02T04:30:00Z"));

        await DueAsync(host, "2026-03-02T04:30:00Z", 3);
        await DueAsync(host, "2026-03-03T04:30:00Z", 4);

        Days(host).Should().Be("Skipped 2, Succeeded 3, Succeeded 2, Skipped 3");
        host.Recorded[^1].Error.Should().Be("it ran for this due time before, by a clock that was ahead");
    }

    [Fact]
    public async Task What_is_made_up_for_ends_where_the_clock_is_corrected_to()
    {
        Write(new { schedule = "0 30 4 * * *", command = $"while [ ! -e {_folder.At("off")} ]; do sleep 0.05; done", shell = true, misfire = "all" });
        await using var host = await RunsHost.StartAsync(_folder.Path, _time);
        _time.AdjustTime(At("2026-03-04T12:00:00Z"));
        await PassAsync(() => host.Executions.All is [{ HasPlace: true }]);
        _time.AdjustTime(At("2026-03-01T12:01:00Z"));
        await PassAsync(() => host.DueFirings.NextOf("a") == At("2026-03-02T04:30:00Z"));

        File.WriteAllText(_folder.At("off"), "");
        await Wait.Until(() => host.Work.Count == 0);
        var madeUpFor = Days(host);
        await DueAsync(host, "2026-03-02T04:30:00Z", 2);
        await DueAsync(host, "2026-03-03T04:30:00Z", 3);

        madeUpFor.Should().Be("Succeeded 2");
        Days(host).Should().Be("Succeeded 2, Skipped 2, Succeeded 3");
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);

    private void Write(object job) => RunsHost.Write(_folder.Path, new { a = job });

    private Task<RunsHost> StartAsync() => RunsHost.StartAsync(_folder.Path, _time, new InstantStarter());

    private static string Text(RunsHost host) =>
        string.Join(", ", host.Recorded.Where(one => one.Trigger == ExecutionTrigger.Schedule).OrderBy(one => one.ScheduledAt).Select(one => $"{one.Status} {one.ScheduledAt.Hour}"));

    /// <summary>How what was due on a day of March ended, in the order in which it was recorded.</summary>
    private static string Days(RunsHost host) => string.Join(", ", host.Recorded.Select(one => $"{one.Status} {one.ScheduledAt.Day}"));

    /// <summary>Comes to a due time, and waits until so many executions are recorded.</summary>
    private async Task DueAsync(RunsHost host, string time, int count)
    {
        _time.AdjustTime(At(time));
        await RecordedAsync(host, count);
    }

    private Task RecordedAsync(RunsHost host, int count) => PassAsync(() => host.Recorded.Count(one => one.Status != ExecutionStatus.Running) == count);

    /// <summary>Lets a little time pass until a condition holds: what waits for a timer must see it.</summary>
    private async Task PassAsync(Func<bool> condition)
    {
        var passed = TimeSpan.Zero;
        await Wait.Until(() =>
        {
            if (passed < TimeSpan.FromMinutes(5))
            {
                passed += TimeSpan.FromMilliseconds(100);
                _time.Advance(TimeSpan.FromMilliseconds(100));
            }

            return condition();
        });
    }
}
