using Dkron.Host.Jobs;

namespace Dkron.Host.Tests.Jobs;

public sealed class ProcessorOrderTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Processors_come_in_the_order_in_which_the_file_declares_them()
    {
        _folder.WriteJob(""" "processors": { "zeta": {}, "alpha": { "x": 1 }, "10": {} } """);

        var job = _folder.Job();

        Names(job).Should().Equal("zeta", "alpha", "10");
    }

    [Fact]
    public void An_environment_override_of_one_value_keeps_the_order()
    {
        _folder.WriteJob(""" "processors": { "zeta": { "x": "1" }, "alpha": { "x": "1" }, "10": {} } """);
        _folder.Variables["Jobs__nightly__processors__alpha__x"] = "2";

        var job = _folder.Job();

        Names(job).Should().Equal("zeta", "alpha", "10");
        job.Processors[1].Config["x"].Should().Be("2");
    }

    [Fact]
    public void A_processor_that_only_the_command_line_names_goes_last()
    {
        _folder.WriteJob(""" "processors": { "zeta": {}, "log": {} } """);
        _folder.Arguments.Add("--Jobs:nightly:processors:alpha:forward=true");

        var job = _folder.Job();

        Names(job).Should().Equal("zeta", "log", "alpha");
        job.Processors[2].Forward.Should().BeTrue();
    }

    [Fact]
    public void A_later_file_merges_into_the_declared_order()
    {
        _folder.WriteJob(""" "processors": { "zeta": { "a": 1 }, "alpha": {} } """);
        _folder.Write("""{ "Jobs": { "nightly": { "processors": { "10": {}, "zeta": { "b": 2 } } } } }""", "more.json");

        var job = _folder.Job();

        Names(job).Should().Equal("zeta", "alpha", "10");
        job.Processors[0].Config.Should().BeEquivalentTo(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" });
    }

    [Fact]
    public void An_array_allows_one_processor_twice()
    {
        _folder.WriteJob(""" "processors": [ { "name": "files", "x": 1 }, { "name": "log" }, { "name": "files", "x": 2 } ] """);

        var job = _folder.Job();

        Names(job).Should().Equal("files", "log", "files");
        job.Processors.Select(step => step.Config.GetValueOrDefault("x")).Should().Equal("1", null, "2");
    }

    [Fact]
    public void An_override_by_name_reaches_every_step_of_that_name_in_an_array()
    {
        _folder.WriteJob(""" "processors": [ { "name": "files" }, { "name": "log" }, { "name": "files" } ] """);
        _folder.Variables["Jobs__nightly__processors__files__forward"] = "true";

        var job = _folder.Job();

        job.Processors.Select(step => step.Forward).Should().Equal(true, false, true);
    }

    [Fact]
    public void An_array_replaces_an_object_and_an_array_as_a_whole()
    {
        _folder.WriteJob(""" "processors": { "zeta": {}, "alpha": {} } """);
        _folder.Write("""{ "Jobs": { "nightly": { "processors": [ { "name": "log" } ] } } }""", "more.json");

        var job = _folder.Job();

        Names(job).Should().Equal("log");
    }

    [Theory]
    [InlineData("true", "true")]
    [InlineData("1.50", "1.50")]
    [InlineData("1e3", "1e3")]
    [InlineData("\"True\"", "True")]
    [InlineData("\"\"", "")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    public void A_value_arrives_as_the_text_that_was_written(string json, string text)
    {
        _folder.WriteJob($$""" "processors": { "log": { "x": {{json}} } } """);

        var job = _folder.Job();

        job.Processors[0].Config["x"].Should().Be(text);
    }

    [Fact]
    public void Equal_steps_of_many_jobs_are_one_object()
    {
        _folder.Write("""{ "Jobs": [ { "name": "a", "command": "x", "schedule": "@daily", "processors": { "log": { "x": 1 } } }, { "name": "b", "command": "y", "schedule": "@daily", "processors": { "log": { "x": 1 } } } ] }""");

        var jobs = _folder.Check().Jobs!;

        jobs.ByName["a"].Processors.Should().BeSameAs(jobs.ByName["b"].Processors);
        jobs.ByName["a"].Schedule.Should().BeSameAs(jobs.ByName["b"].Schedule);
    }

    private static IEnumerable<string> Names(Job job) => job.Processors.Select(step => step.Name);
}
