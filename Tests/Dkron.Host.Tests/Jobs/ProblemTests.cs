using Dkron.Abstractions;
using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Jobs;

public sealed class ProblemTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(""" "scedule": "@daily" """, "scedule: is not a field of a job; did you mean 'schedule'?")]
    [InlineData(""" "retries": -1 """, "retries: '-1' is not a whole number from 0 to 1000000")]
    [InlineData(""" "retries": 1.0 """, "retries: '1.0' is not")]
    [InlineData(""" "retries": true """, "retries: 'true' is not")]
    [InlineData(""" "disabled": "yes" """, "disabled: 'yes' is not true or false")]
    [InlineData(""" "owner": 5 """, "owner: '5' is not a text")]
    [InlineData(""" "owner": [] """, "owner: is not a text")]
    [InlineData(""" "timezone": "Europe/Madird" """, "timezone: 'Europe/Madird' is not a time zone of the IANA list, such as Europe/Madrid; did you mean 'Europe/Madrid'?")]
    [InlineData(""" "timezone": "../../etc/passwd" """, "timezone: '../../etc/passwd' is not")]
    [InlineData(""" "concurrency": "forbidd" """, "concurrency: 'forbidd' is not allow, forbid or replace; did you mean 'forbid'?")]
    [InlineData(""" "parent_job": "nightly" """, "parent_job: 'nightly' is the job itself")]
    [InlineData(""" "parent_job": "nigthly" """, "parent_job: 'nigthly' is not the name of a job; did you mean 'nightly'?")]
    [InlineData(""" "executor": "http" """, "executor: 'http' is not an executor of this host; expected shell")]
    [InlineData(""" "executor_config": { "su": "" } """, "executor: is missing beside executor_config")]
    [InlineData(""" "executor": "shell", "executor_config": { "su": "root" } """, "executor_config.su: 'root' cannot be honoured")]
    [InlineData(""" "executor": "shell", "executor_config": { "mem_limit": "1GB" } """, "executor_config.mem_limit: '1GB' cannot be honoured")]
    [InlineData(""" "executor": "shell", "executor_config": { "comand": "x" } """, "executor_config.comand: is not an option of the shell executor; did you mean 'command'?")]
    [InlineData(""" "executor": "shell", "executor_config": { "command": "x" } """, "executor_config.command: stands twice: also as 'command' on the job itself")]
    [InlineData(""" "timeout": "5" """, "timeout: '5' is not a duration")]
    [InlineData(""" "timeout": "-5s" """, "timeout: '-5s' is not a duration")]
    [InlineData(""" "payload": "?" """, "payload: is not base64")]
    [InlineData(""" "max_output": "1B" """, "max_output: '1B' is not a size")]
    [InlineData(""" "starts_at": "tomorrow" """, "starts_at: 'tomorrow' is not a time")]
    [InlineData(""" "starts_at": "2026-01-02T00:00:00Z", "expires_at": "2026-01-02T00:00" """, "expires_at: '2026-01-02T00:00' is not after starts_at")]
    [InlineData(""" "tags": { "role": "web:many" } """, "tags.role: 'web:many' has no number of nodes")]
    [InlineData(""" "tags": { "role": {} } """, "tags.role: is not a text")]
    [InlineData(""" "metadata": 5 """, "metadata: '5' is not an object")]
    [InlineData(""" "owner": "a", "OWNER": "b" """, "OWNER: stands here twice")]
    [InlineData(""" "name": "weekly" """, "name: 'weekly' differs from the key 'nightly'")]
    [InlineData(""" "processors": "log" """, "processors: 'log' is not an object")]
    [InlineData(""" "processors": [ "log" ] """, "processors[0]: is not an object")]
    [InlineData(""" "processors": [ {} ] """, "processors[0].name: is not a text")]
    [InlineData(""" "processors": { "file": {} } """, "processors.file: no plugin folder has a processor 'file'; there are 10, alpha, files, log, zeta; did you mean 'files'?")]
    [InlineData(""" "processors": { "log": true } """, "processors.log: is not an object")]
    [InlineData(""" "processors": { "log": { "x": { "y": 1 } } } """, "processors.log.x: is not a text")]
    [InlineData(""" "processors": { "log": { "forward": "ja" } } """, "processors.log.forward: 'ja' is not true or false")]
    [InlineData(""" "processors": { "log": { "when": "failed" } } """, "processors.log.when: 'failed' is not one of always, failure, success, change, final")]
    [InlineData(""" "processors": { "log": { "when": "1" } } """, "processors.log.when: '1' is not one of")]
    [InlineData(""" "processors": { "log": { "on_error": "stopp" } } """, "processors.log.on_error: 'stopp' is not one of continue, stop, fail; did you mean 'stop'?")]
    [InlineData(""" "processors": { "log": { "timeout": "0s" } } """, "processors.log.timeout: '0s' is not a duration")]
    [InlineData(""" "processors": { "log": { "retries": 101 } } """, "processors.log.retries: '101' is not")]
    public void A_wrong_field_is_told_with_job_key_and_value(string fields, string problem)
    {
        _folder.WriteJob(fields);

        var problems = _folder.Problems();

        problems.Should().ContainSingle().Which.Should().StartWith($"{_folder.Main}:1: job 'nightly': {problem}");
    }

    [Theory]
    [InlineData("""{ "Jobs": { "Backup": { "command": "x", "schedule": "@daily" } } }""", "job 'Backup': name: contains illegal character 'B'; lower-case letters, digits, _ and - are allowed; did you mean 'backup'?")]
    [InlineData("""{ "Jobs": { "a": { "command": "x" } } }""", "job 'a': schedule: is missing")]
    [InlineData("""{ "Jobs": { "a": { "schedule": "@daily" } } }""", "job 'a': command: is missing")]
    [InlineData("""{ "Jobs": { "a": { "schedule": "@daily", "command": " " } } }""", "job 'a': command: is empty")]
    [InlineData("""{ "Jobs": { "a": { "schedule": "@daily", "command": "''" } } }""", "job 'a': command: '''' names no program")]
    [InlineData("""{ "Jobs": { "a": { "schedule": "@daily", "command": "echo 'x" } } }""", "job 'a': command: 'echo 'x' cannot be split into words")]
    [InlineData("""{ "Jobs": { "a": null } }""", "job 'a': is not a job")]
    [InlineData("""{ "Jobs": { "a": 5 } }""", "job 'a': '5' is not a job")]
    [InlineData("""{ "Jobs": [ { "command": "x", "schedule": "@daily" } ] }""", "job 'Jobs[0]': name: is missing")]
    [InlineData("""{ "Jobs": [ { "name": 5, "command": "x", "schedule": "@daily" } ] }""", "job 'Jobs[0]': name: '5' is not a text")]
    [InlineData("""{ "Jobs": [ { "name": "a", "command": "x", "schedule": "@daily" }, { "name": "a" } ] }""", "job 'a': name: another job in this array has the same name")]
    [InlineData("""{ "Jobs": { "a": { "command": "x", "schedule": "@daily" }, "a": {} } }""", "job 'a': stands here twice")]
    [InlineData("""{ "Jobs": "a" }""", "Jobs: 'a' is not an object of jobs")]
    [InlineData("""{ "Jobs:a:command": "x" }""", "Jobs:a:command: is not read with colons in a file")]
    [InlineData("""{ "Processors": [] }""", "Processors: is not an object")]
    [InlineData("""{ "Processors": { "log": 5 } }""", "Processors:log: is not an object")]
    [InlineData("""{ "Processors": { "log": { "name": "log" } }, "Jobs": { "a": { "command": "x", "schedule": "@daily", "processors": { "log": {} } } } }""", "Processors:log:name: has no place here; the section is named by its key")]
    [InlineData("""{ "Dkron": { "DataDir": "x" } }""", "Dkron:DataDir: is not a setting of the host")]
    [InlineData("""{ "Dkron": { "ShutdownGrace": "2h" } }""", "Dkron:ShutdownGrace: '2h' is out of range; expected a duration such as 250ms, 90s or 1h from 0s to 1h")]
    [InlineData("""{ "Dkron": { "ShutdownGrace": 5 } }""", "Dkron:ShutdownGrace: '5' is not a duration")]
    [InlineData("""{ "Dkron": { "Tags": { "a": [] } } }""", "Dkron:Tags:a: is not a text")]
    [InlineData("""{ "Dkron": { "DataDirectory": "a\u0000b" } }""", "Dkron:DataDirectory: 'a\\u0000b' is not a path")]
    [InlineData("""{ "Dkron": { "DataDirectory": "" } }""", "Dkron:DataDirectory: '' is not a path")]
    [InlineData("""{ "Dkron": 1 }""", "Dkron: is not an object")]
    [InlineData("[]", "holds no settings")]
    public void What_is_wrong_around_jobs_is_told_with_its_place(string json, string problem)
    {
        _folder.Write(json);

        var problems = _folder.Problems();

        problems.Should().ContainSingle().Which.Should().StartWith($"{_folder.Main}:1: {problem}");
    }

    [Fact]
    public void The_node_name_must_have_no_slash()
    {
        _folder.Write("""{ "Dkron": { "NodeName": "a/b" } }""");

        _folder.Problems().Should().ContainSingle().Which.Should().Contain("NodeName");
    }

    [Theory]
    [InlineData("{ \"Jobs\": {\n  \"a\": { \"command\": \"x\"\n", ":3: is not JSON")]
    [InlineData("{\n  \"Jobs\": { x } }", ":2: is not JSON, at column")]
    [InlineData("{} {}", ":1: is not JSON")]
    [InlineData("", ": is empty")]
    [InlineData(" \n ", ": is empty")]
    [InlineData("{ \"Jobs\": { \"a\": { \"command\": \"\\ud800\" } } }", ":1: holds a text that is not UTF-8")]
    public void A_file_that_cannot_be_read_is_told_with_its_line(string text, string problem)
    {
        _folder.Write(text);

        _folder.Problems().Should().ContainSingle().Which.Should().StartWith(_folder.Main + problem);
    }

    [Fact]
    public void Nesting_without_end_is_a_problem_and_no_crash()
    {
        _folder.Write($"{{ \"Jobs\": {new string('[', 100_000)}");

        _folder.Problems().Should().ContainSingle().Which.Should().Contain("is not JSON");
    }

    [Fact]
    public void Every_problem_of_every_job_is_told_at_once_with_file_and_line()
    {
        _folder.Write("{ \"Jobs\": {\n\"a\": { \"command\": 5,\n\"retries\": \"x\" },\n\"b\": { \"schedule\": \"@daily\" } } }");
        _folder.Write("""{ "Jobs": { "b": { "disabled": "perhaps" } } }""", "more.json");
        _folder.Variables["Jobs__b__ephemeral"] = "perhaps";

        var problems = _folder.Problems();

        problems.Should().HaveCount(6)
            .And.Contain(problem => problem.StartsWith($"{_folder.Main}:2: job 'a': command: '5'"))
            .And.Contain(problem => problem.StartsWith($"{_folder.Main}:2: job 'a': schedule: is missing"))
            .And.Contain(problem => problem.StartsWith($"{_folder.Main}:3: job 'a': retries: 'x'"))
            .And.Contain(problem => problem.StartsWith($"{_folder.Main}:4: job 'b': command: is missing"))
            .And.Contain(problem => problem.StartsWith($"{_folder.At("more.json")}:1: job 'b': disabled: 'perhaps'"))
            .And.Contain(problem => problem.StartsWith("environment variable Jobs__b__ephemeral: job 'b': ephemeral: 'perhaps'"));
    }

    [Fact]
    public void A_circle_of_parents_is_told_once_with_its_path()
    {
        _folder.Write("""{ "Jobs": { "a": { "command": "x", "parent_job": "c" }, "b": { "command": "x", "parent_job": "a" }, "c": { "command": "x", "parent_job": "b" }, "d": { "command": "x", "parent_job": "a" } } }""");

        _folder.Problems().Should().ContainSingle().Which.Should().EndWith("makes a circle, in which no job would ever run: a -> c -> b -> a");
    }

    [Theory]
    [InlineData("Jobs:a", "is not a setting")]
    [InlineData("Jobs=x", "is not a setting")]
    [InlineData("--Job:a:command=x", "begins with none of Dkron, Jobs, Processors, Serilog; did you mean 'Jobs'?")]
    [InlineData("Jobs::command=x", "has an empty part")]
    public void A_wrong_argument_is_a_problem(string argument, string problem)
    {
        _folder.Write("{}").Arguments.Add(argument);

        _folder.Problems().Should().ContainSingle().Which.Should().Contain(problem);
    }

    [Fact]
    public void Values_of_env_payload_and_secret_options_are_never_shown()
    {
        _folder.Declare("log", new ProcessorOption { Name = "password", Type = OptionType.Secret, Required = true, Description = "x" });
        _folder.Write("""
            { "Processors": { "log": { "pasword": "hunter2" } },
              "Jobs": {
                "a": { "command": "x", "schedule": "@daily", "env": "hunter2", "payload": "!hunter2", "processors": { "log": { "password": "" } } },
                "b": { "command": "x", "schedule": "@daily", "env": { "A": ["hunter2"], "B": "hunter2\u0000", "": "hunter2" }, "processors": { "log": { "password": ["hunter2"] } } } } }
            """);

        var problems = _folder.Problems();

        problems.Should().HaveCountGreaterThanOrEqualTo(7);
        problems.Should().NotContain(problem => problem.Contains("hunter2"));
        problems.Should().Contain(problem => problem.Contains("Processors:log:pasword: is not an option of the processor log; did you mean 'password'?"));
    }

    [Fact]
    public void A_value_that_is_long_or_moves_the_cursor_is_shown_short_and_harmless()
    {
        _folder.WriteJob($$""" "owner": "x", "timezone": "\u001b[2J\u202e{{new string('z', 100_000)}}" """);

        var problem = _folder.Problems().Should().ContainSingle().Which;

        problem.Should().Contain("\\u001b[2J\\u202e").And.Contain("characters)");
        problem.Length.Should().BeLessThan(600);
    }

    [Fact]
    public void A_known_processor_that_cannot_be_used_is_a_warning()
    {
        _folder.Catalog["log"] = new PluginDescription { Name = "log", Unavailable = "its folder is gone" };
        _folder.WriteJob(""" "processors": { "log": { "anything": 1 } } """);

        var result = _folder.Check();

        result.Jobs!.ByName["nightly"].Processors.Should().ContainSingle();
        result.Warnings.Should().ContainSingle().Which.ToString().Should().Contain("its folder is gone");
    }

    [Fact]
    public void What_a_job_from_the_API_of_Dkron_carries_besides_is_ignored_with_a_warning()
    {
        _folder.WriteJob(""" "id": "nightly", "success_count": 7, "last_error": null, "next": "2026-01-01T00:00:00Z", "dependent_jobs": null, "status": "success" """);

        var result = _folder.Check();

        result.Problems.Should().BeEmpty();
        result.Warnings.Should().ContainSingle().Which.ToString().Should().Contain("job 'nightly': id, success_count, next, status: computed by the host");
    }

    [Fact]
    public void A_section_that_nobody_reads_is_a_warning()
    {
        _folder.Write("""{ "$schema": "x", "Job": {}, "Logging": {} }""");

        var warnings = _folder.Check().Warnings.Select(warning => warning.ToString()).ToList();

        warnings.Should().HaveCount(2).And.Contain(warning => warning.EndsWith("Job: is not read; only Dkron, Jobs, Processors, Serilog are; did you mean 'Jobs'?"));
    }
}
