using System.Net;
using System.Text.Json;
using Dkron.Abstractions;
using Dkron.Host.Api;

namespace Dkron.Host.Tests.Api;

public sealed class ApiTests : IAsyncLifetime
{
    private StubAgent _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await StubAgent.StartAsync();

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Fact]
    public async Task An_execution_has_these_fields_and_no_others()
    {
        var text = await _agent.TextAsync("executions/1-web-1");

        text.Should().Be("""{"id":"1-web-1","job_name":"nightly","scheduled_at":"2026-03-04T05:06:07Z","started_at":"2026-03-04T05:06:07.003Z","finished_at":"2026-03-04T05:06:09Z","success":true,"status":"succeeded","exit_code":0,"signal":null,"error":null,"trigger":"schedule","node_name":"web-1","group":1772600767000000000,"attempt":1,"processed":true,"processors":[{"name":"files","version":"1.2.0","state":"succeeded","duration_ms":1.5,"error":null,"bytes_in":6,"bytes_out":6,"tags":{"path":"/a"}}],"undelivered":[],"output":"grüße <b>","output_truncated":false,"output_omitted_bytes":0}""");
    }

    [Fact]
    public async Task A_running_execution_ends_at_the_zero_time_as_in_Dkron()
    {
        _agent.Control.Executions.Add(SomeDocuments.Execution("2-web-1", ExecutionStatus.Running));

        using var document = JsonDocument.Parse(await _agent.TextAsync("executions/2-web-1"));

        document.RootElement.GetProperty("finished_at").GetString().Should().Be("0001-01-01T00:00:00Z"); // dkron.md 2.2
        document.RootElement.GetProperty("status").GetString().Should().Be("running");
    }

    [Fact]
    public async Task A_job_has_these_fields_in_this_order()
    {
        using var document = JsonDocument.Parse(await _agent.TextAsync("jobs/nightly"));

        document.RootElement.EnumerateObject().Select(field => field.Name).Should().Equal(
            "id", "name", "displayname", "timezone", "schedule", "owner", "owner_email", "success_count", "error_count", "last_success", "last_error", "disabled",
            "tags", "metadata", "retries", "retry_backoff", "misfire", "starting_deadline", "dependent_jobs", "parent_job", "processors", "concurrency", "executor", "executor_config", "status", "next", "ephemeral",
            "starts_at", "expires_at", "running", "not_selected"); // but for the last two: dkron.md 2.1
        document.RootElement.GetProperty("processors").EnumerateObject().Select(step => step.Name).Should().Equal("zeta", "alpha", "10");
    }

    [Fact]
    public async Task A_processor_that_stands_twice_makes_an_array()
    {
        _agent.Control.Jobs[0] = SomeDocuments.Job() with { Processors = [new StepDocument("log", []), new StepDocument("log", [new("format", "json")])] };

        using var document = JsonDocument.Parse(await _agent.TextAsync("jobs/nightly"));

        document.RootElement.GetProperty("processors").GetRawText().Should().Be("""[{"name":"log"},{"name":"log","format":"json"}]""");
    }

    [Fact]
    public async Task A_list_of_jobs_tells_its_count()
    {
        using var response = await _agent.GetAsync("jobs");

        response.Headers.GetValues("X-Total-Count").Should().Equal("1");
        response.Content.Headers.ContentType!.ToString().Should().Be("application/json; charset=utf-8");
    }

    [Theory]
    [InlineData("GET", "jobs/nigthly", 404, "there is no job 'nigthly'; dkron jobs lists them")]
    [InlineData("POST", "jobs/nigthly/run", 404, "there is no job 'nigthly'; dkron jobs lists them")]
    [InlineData("GET", "executions/7", 404, "there is no execution '7'; dkron executions lists them")]
    [InlineData("GET", "executions/7/output", 404, "there is no execution '7'; dkron executions lists them")]
    [InlineData("POST", "executions/1-web-1/stop", 409, "execution 1-web-1 does not run")]
    [InlineData("POST", "executions/7/reprocess", 404, "there is no execution '7'; dkron executions lists them")]
    [InlineData("POST", "reprocess", 400, "the body is not a JSON array of execution ids: *")]
    [InlineData("GET", "deadletters?limit=0", 400, "limit: '0' is not a whole number from 1 to 1000")]
    [InlineData("GET", "executions?attempt=0", 400, "attempt: '0' is not a whole number from 1 to 2147483647")]
    [InlineData("GET", "nothing", 404, "there is nothing at /v1/nothing")]
    [InlineData("DELETE", "status", 405, "/v1/status does not take DELETE, only GET")]
    [InlineData("GET", "executions?limit=0", 400, "limit: '0' is not a whole number from 1 to 1000")]
    [InlineData("GET", "executions?status=done", 400, "status: 'done' is not a status; expected one of running, succeeded, failed, timed_out, lost, skipped")]
    [InlineData("GET", "executions?since=yesterday", 400, "since: 'yesterday' is not a time; expected one like 2026-01-31T18:00:00Z, or how long ago, like 2h")]
    [InlineData("GET", "executions?since=2026-01-31T18:00:00", 400, "since: '2026-01-31T18:00:00' is not a time; expected one like 2026-01-31T18:00:00Z, or how long ago, like 2h")]
    [InlineData("POST", "jobs/nightly/run?force=maybe", 400, "force: 'maybe' is neither true nor false")]
    public async Task What_cannot_be_answered_is_explained(string method, string path, int status, string message)
    {
        var verb = new HttpMethod(method);

        using var response = await _agent.SendAsync(verb, path);

        ((int)response.StatusCode).Should().Be(status);
        (await MessageAsync(response)).Should().Match(message);
    }

    [Fact]
    public async Task A_bug_ends_one_request_and_not_the_agent()
    {
        _agent.Control.Status = () => throw new InvalidOperationException("boom");

        using var broken = await _agent.GetAsync("status");
        using var sound = await _agent.GetAsync("jobs");

        broken.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        (await MessageAsync(broken)).Should().Be("the agent could not answer: boom (its log says more)");
        sound.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("?force", true)]
    [InlineData("?force=true", true)]
    [InlineData("?force=false", false)]
    public async Task A_run_is_accepted_and_tells_where_to_look(string query, bool forced)
    {
        bool? seen = null;
        _agent.Control.Start = (_, force) =>
        {
            seen = force;
            return new StartedDocument(["5-web-1"]);
        };

        using var response = await _agent.SendAsync(HttpMethod.Post, $"jobs/nightly/run{query}");

        response.StatusCode.Should().Be(HttpStatusCode.Accepted);
        response.Headers.Location!.ToString().Should().Be("/v1/executions/5-web-1");
        (await response.Content.ReadAsStringAsync(CancellationToken.None)).Should().Be("""{"executions":["5-web-1"]}""");
        seen.Should().Be(forced);
    }

    [Fact]
    public async Task Output_comes_byte_by_byte_and_is_no_page()
    {
        using var response = await _agent.GetAsync("executions/1-web-1/output");

        (await response.Content.ReadAsByteArrayAsync(CancellationToken.None)).Should().Equal(0x00, 0xFF, 0x0A);
        response.Content.Headers.ContentType!.ToString().Should().Be("application/octet-stream");
        response.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
    }

    [Fact]
    public async Task Output_that_is_followed_arrives_while_the_command_runs()
    {
        var growing = new GrowingOutput();
        _agent.Control.Output = (_, follow) => new LiveStream(growing.Live, follow);
        growing.Append("first\n");

        using var reader = await _agent.ReadAsync("executions/1-web-1/output?follow=true");
        var first = await reader.ReadLineAsync(CancellationToken.None);
        growing.Append("second\n");
        var second = await reader.ReadLineAsync(CancellationToken.None);
        growing.End();
        var end = await reader.ReadLineAsync(CancellationToken.None);

        (first, second, end).Should().Be(("first", "second", null));
    }

    [Fact]
    public async Task A_follower_does_not_keep_the_agent_from_stopping()
    {
        var growing = new GrowingOutput();
        _agent.Control.Output = (_, follow) => new LiveStream(growing.Live, follow);
        growing.Append("first\n");
        using var reader = await _agent.ReadAsync("executions/1-web-1/output?follow=true");
        await reader.ReadLineAsync(CancellationToken.None);

        await _agent.StopAsync().WaitAsync(TimeSpan.FromSeconds(20), CancellationToken.None);

        await reader.Invoking(one => one.ReadLineAsync(CancellationToken.None).AsTask()).Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task The_query_of_a_list_arrives_whole()
    {
        await _agent.TextAsync("executions?job=a%20b&status=timed_out&since=2026-01-31T18:00:00%2B01:00&until=2026-02-01T00:00:00Z&grep=%C3%BC%26&limit=7&older_than=9-x&output_size_limit=-1&_embed=x");

        var request = _agent.Control.Requests.Single();
        request.Query.Should().BeEquivalentTo(new
        {
            JobName = "a b",
            Status = ExecutionStatus.TimedOut,
            Since = new DateTimeOffset(2026, 1, 31, 17, 0, 0, TimeSpan.Zero),
            Until = new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero),
            Text = "ü&",
            Limit = 7,
            OlderThanId = "9-x",
        });
        request.OutputSizeLimit.Should().Be(-1);
    }

    private static async Task<string?> MessageAsync(HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(CancellationToken.None));
        return document.RootElement.GetProperty("message").GetString();
    }
}
