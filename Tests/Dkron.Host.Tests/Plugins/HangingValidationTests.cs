using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Plugins;
using Dkron.Host.Tests.Jobs;

namespace Dkron.Host.Tests.Plugins;

public sealed class HangingValidationTests : IAsyncDisposable
{
    private const string Name = "stuck";
    private const string Problem = $"plugin '{Name}' did not check its options within 5 s; once that check has ended it is asked again, when the settings are checked next";

    private const string Hang = "new ManualResetEvent(false).WaitOne(); return [];";

    private readonly PluginWorkbench _bench = new();
    private readonly SettingsFolder _folder = new();

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_plugin_whose_check_of_options_hangs_is_asked_once_and_costs_one_thread()
    {
        await LoadAsync(Hang);
        var plugin = _bench.Registry.Catalog[Name];

        var answers = Enumerable.Range(0, 50).Select(_ => plugin.Validate(ProcessorConfig.Empty, TestContext.Current.CancellationToken)).ToList();

        answers.Should().OnlyContain(answer => answer.Count == 1 && answer[0] == Problem);
        _bench.Status(Name).Abandoned.Should().Be(1);
    }

    [Fact]
    public async Task A_plugin_whose_check_of_options_has_ended_late_is_asked_again()
    {
        var end = Path.Combine(_bench.Root, "end");
        await LoadAsync($"while (!System.IO.File.Exists(\"{end}\")) {{ Thread.Sleep(10); }} return [\"asked\"];");
        var plugin = _bench.Registry.Catalog[Name];
        plugin.Validate(ProcessorConfig.Empty, TestContext.Current.CancellationToken).Should().Equal(Problem);

        await File.WriteAllTextAsync(end, "", TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => _bench.Status(Name).Abandoned == 0);

        plugin.Validate(ProcessorConfig.Empty, TestContext.Current.CancellationToken).Should().Equal("asked");
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_check_of_options_that_hangs()
    {
        var asked = Path.Combine(_bench.Root, "asked");
        await LoadAsync($"System.IO.File.WriteAllText(\"{asked}\", \"\"); {Hang}");
        _folder.WriteJob($$""" "processors": { "{{Name}}": {} } """);
        using var stop = new CancellationTokenSource();

        var check = Task.Factory.StartNew(() => SettingsCheck.Run(_folder.Reader(), _folder.Reader().ReadContent(), _bench.Registry.Catalog, progress: null, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Until.TrueAsync(() => File.Exists(asked));
        await stop.CancelAsync();

        await check.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public void A_plugin_that_is_slow_to_check_the_options_of_many_steps_is_given_ten_seconds_in_each_check_of_the_settings()
    {
        var (asked, pause) = (0, TimeSpan.FromSeconds(11));
        _folder.Catalog[Name] = new PluginDescription
        {
            Name = Name,
            Options = [new ProcessorOption { Name = "number", Type = OptionType.Integer, Description = "" }],
            Validate = (_, cancellationToken) =>
            {
                asked++;
                cancellationToken.WaitHandle.WaitOne(pause);
                return [];
            },
        };
        var jobs = Enumerable.Range(0, 3).Select(number => $$""" "job{{number}}": { "schedule": "@every 2m", "command": "/bin/true", "processors": { "{{Name}}": { "number": {{number}} } } } """);
        _folder.Write($$"""{ "Jobs": { {{string.Join(',', jobs)}} } }""");

        var late = _folder.Problems();

        asked.Should().Be(1);
        late.Should().HaveCount(2).And.OnlyContain(problem => problem.Contains($"plugin '{Name}' has taken 10 s to check the options of other steps, so these were not checked; "));
        pause = TimeSpan.Zero;
        _folder.Check().Problems.Should().BeEmpty();
    }

    private Task LoadAsync(string validate)
    {
        _bench.Add(Name, PluginCompiler.Processor(
            "\"\"",
            $$"""
            public IReadOnlyList<ProcessorOption> Options => [];
            public IReadOnlyList<string> Validate(ProcessorConfig config) { {{validate}} }
            """,
            "IExecutionProcessor, IDeclareOptions"));
        return _bench.LoadAsync();
    }
}
