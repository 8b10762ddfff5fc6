using Dkron.Host.Execution;

namespace Dkron.Host.Tests.Jobs;

public sealed class LayersTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_arrays_of_jobs_are_laid_over_each_other_by_name()
    {
        _folder.Write("""{ "Jobs": [ { "name": "a", "command": "one", "schedule": "@daily" }, { "name": "b", "command": "two", "schedule": "@daily" } ] }""");
        _folder.Write("""{ "Jobs": [ { "name": "c", "command": "three", "schedule": "@daily" }, { "name": "a", "owner": "ops" } ] }""", "more.json");

        var jobs = _folder.Check().Jobs!;

        jobs.Jobs.Select(job => (job.Name.Text, job.Command.Arguments[0], job.Info.Owner)).Should().Equal(("a", "one", "ops"), ("b", "two", ""), ("c", "three", ""));
    }

    [Fact]
    public void An_array_of_jobs_and_an_object_of_jobs_merge()
    {
        _folder.WriteJob(""" "tags": { "role": "web", "zone": "eu" } """);
        _folder.Write("""{ "jobs": [ { "name": "nightly", "TAGS": { "role": "db" }, "Schedule": "@hourly" } ] }""", "more.json");

        var job = _folder.Job();

        job.Info.Tags.Should().BeEquivalentTo(new Dictionary<string, string> { ["role"] = "db", ["zone"] = "eu" });
        job.Schedule!.Text.Should().Be("@hourly");
    }

    [Fact]
    public void The_command_line_wins_over_the_environment_which_wins_over_files()
    {
        _folder.WriteJob(""" "owner": "file", "owner_email": "file" """);
        _folder.Variables["Jobs__nightly__owner"] = "environment";
        _folder.Variables["Jobs__nightly__owner_email"] = "environment";
        _folder.Arguments.Add("Jobs:nightly:owner=argument");

        var info = _folder.Job().Info;

        (info.Owner, info.OwnerEmail).Should().Be(("argument", "environment"));
    }

    [Fact]
    public void Of_two_variables_for_one_value_the_one_with_the_prefix_wins()
    {
        _folder.WriteJob(""" "owner": "file" """);
        _folder.Variables["jobs__nightly__owner"] = "plain";
        _folder.Variables["DKRON_JOBS__nightly__owner"] = "prefixed";

        _folder.Job().Info.Owner.Should().Be("prefixed");
    }

    [Fact]
    public void Variables_of_other_programs_are_not_read()
    {
        _folder.WriteJob(""" "owner": "file" """);
        _folder.Variables["JOBS"] = "4";
        _folder.Variables["OTHER__nightly__owner"] = "x";
        _folder.Variables["DKRON_NODE"] = "x";

        _folder.Job().Info.Owner.Should().Be("file");
    }

    [Fact]
    public void A_null_takes_back_what_a_file_below_says()
    {
        _folder.WriteJob(""" "timezone": "Europe/Madrid", "tags": { "role": "web" } """);
        _folder.Write("""{ "Jobs": { "nightly": { "timezone": null, "tags": { "role": null } } } }""", "more.json");

        var job = _folder.Job();

        job.TimeZone.Should().BeEmpty();
        job.Info.Tags.Should().BeEmpty();
    }

    [Fact]
    public void A_variable_is_laid_over_the_text_form_of_env()
    {
        _folder.WriteJob(""" "env": "A=1,B=2" """);
        _folder.Variables["Jobs__nightly__env__A"] = "x,y";

        _folder.Job().Command.Environment.Should().BeEquivalentTo(new Dictionary<string, string> { ["A"] = "x,y", ["B"] = "2" });
    }

    [Fact]
    public void Relative_folders_count_from_the_file_that_names_them()
    {
        Directory.CreateDirectory(_folder.At("etc"));
        _folder.WriteJob(""" "cwd": "one" """);
        _folder.Write("""{ "Jobs": { "other": { "command": "x", "schedule": "@daily", "cwd": "two" } } }""", "etc/more.json");

        var jobs = _folder.Check().Jobs!;

        jobs.ByName["nightly"].Command.WorkingDirectory.Should().Be(_folder.At("one"));
        jobs.ByName["other"].Command.WorkingDirectory.Should().Be(_folder.At("etc/two"));
    }

    [Fact]
    public void Both_forms_of_a_command_come_to_the_same()
    {
        _folder.Write("""
            { "Jobs": {
              "short": { "schedule": "@daily", "command": "echo 'a b'", "shell": "false", "env": { "K": 1 }, "cwd": "/tmp", "timeout": "1m", "payload": "aGk=", "max_output": "64KB" },
              "long": { "schedule": "@daily", "executor": "shell", "executor_config": { "command": "echo 'a b'", "shell": false, "env": "K=1", "cwd": "/tmp", "timeout": "1m", "payload": "aGk=" }, "max_output": 65536 } } }
            """);

        var jobs = _folder.Check().Jobs!;

        jobs.ByName["short"].Command.Should().BeEquivalentTo(jobs.ByName["long"].Command, options => options.ComparingByMembers<Command>().Excluding(command => command.Payload));
        jobs.ByName["long"].Command.Arguments.Should().Equal("echo", "a b");
        jobs.ByName["long"].Command.Payload.ToArray().Should().Equal((byte)'h', (byte)'i');
    }

    [Fact]
    public void A_shell_command_is_given_to_the_shell_as_it_is()
    {
        _folder.Write("""{ "Jobs": { "nightly": { "schedule": "@daily", "command": "echo $HOME | wc", "shell": true } } }""");

        _folder.Job().Command.Arguments.Should().Equal("/bin/sh", "-c", "echo $HOME | wc");
    }

    [Fact]
    public void The_data_directory_takes_the_place_of_its_placeholder_in_processors_settings()
    {
        _folder.Write("""
            { "Dkron": { "DataDirectory": "state" },
              "Processors": { "files": { "log_dir": "${data}/files", "forward": true, "timeout": "5s", "keep": 1 } },
              "Jobs": { "nightly": { "schedule": "@daily", "command": "x", "processors": { "files": { "keep": null, "timeout": "7s" } } } } }
            """);

        var step = _folder.Job().Processors[0];

        step.Config.Should().BeEquivalentTo(new Dictionary<string, string> { ["log_dir"] = _folder.At("state/files") });
        (step.Forward, step.Timeout).Should().Be((true, TimeSpan.FromSeconds(7)));
    }

    [Fact]
    public void Comments_trailing_commas_and_a_byte_order_mark_are_allowed()
    {
        _folder.Write("\uFEFF// hello\n{ \"Jobs\": { \"nightly\": { \"command\": \"x\", /* why */ \"schedule\": \"@daily\", }, }, }");

        _folder.Job().Name.Text.Should().Be("nightly");
    }

    [Fact]
    public void Names_that_differ_only_in_case_are_two_names_where_names_are_exact()
    {
        _folder.WriteJob(""" "env": { "PATH": "a", "Path": "b" }, "metadata": { "x": 1, "X": 2 } """);

        var job = _folder.Job();

        job.Command.Environment.Should().HaveCount(2);
        job.Info.Metadata.Should().HaveCount(2);
    }
}
