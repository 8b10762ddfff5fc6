using System.Text;

namespace Dkron.Acceptance.Tests;

/// <summary>The processors that deliver, in a running agent: nothing is lost, and no secret is told.</summary>
public sealed class DeliveringProcessorTests
{
    private const string Token = "T0SECRETTOKEN";
    private const string Password = "hunter2+is/\"secret\"&<that>";

    // What no form writes differently.
    private const string PartOfPassword = "hunter2";

    [Fact]
    public async Task Secrets_of_deliveries_are_in_no_log_no_record_and_no_answer()
    {
        // It says all that it was told, as some servers do.
        await using var server = new RawServer(request => RawServer.Http("503 Busy", $"no {request.Split(" HTTP/")[0]} for {Password}"));
        await using var mail = new RepeatingSmtpServer();
        var secrets = Directory.CreateTempSubdirectory("dkron-secrets-").FullName;
        await File.WriteAllTextAsync(Path.Combine(secrets, "password"), Password + "\n", CancellationToken.None);
        var environment = new Dictionary<string, string> { ["DKRON_TEST_WEBHOOK"] = $"http://127.0.0.1:{server.Port}/services/{Token}?key={Token}" };
        var folder = Agent.NewFolder();
        await using var agent = await Agent.StartAsync(
            folder,
            $$"""
            { "Processors": {
                "webhook": { "url": "${env:DKRON_TEST_WEBHOOK}", "secret": "${file:{{secrets}}/password}", "retries": 1, "retry_backoff": "50ms" },
                "email": { "host": "127.0.0.1", "port": {{mail.Port}}, "security": "none", "user": "dkron", "password": "${file:{{secrets}}/password}", "from": "a@example.com",
                  "retries": 1, "retry_backoff": "50ms" } },
              "Jobs": { "a": { "schedule": "@manually", "command": "false", "owner_email": "o@example.com", "processors": [ { "name": "webhook" }, { "name": "email" } ] } } }
            """,
            environment);
        await agent.RunAsync("run", "a");
        await Wait.UntilAsync(async () => (await agent.JsonAsync("deadletters")).AsArray().Count == 2, () => agent.Process.Stderr);

        var shown = new List<string>();
        var id = (await agent.ExecutionsAsync("a"))[0]["id"]!.GetValue<string>();
        foreach (var verb in (string[][])[["jobs", "--json"], ["executions", "a", "--json"], ["show", id], ["show", id, "--json"], ["deadletters", "--json"]])
        {
            var (_, stdout, stderr) = await agent.RunAsync(verb);
            shown.AddRange([stdout, stderr]);
        }

        await agent.StopAsync();
        Directory.Delete(secrets, recursive: true);
        shown.AddRange([agent.Process.Stderr, agent.Process.Stdout]);
        shown.AddRange(Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => file + Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        shown.Should().Contain(text => text.Contains("answered 503") && text.Contains("no POST ***"), "the server said it all, and it was taken out");
        mail.Logins.Should().NotBeEmpty().And.OnlyContain(login => login == $"\0dkron\0{Password}", "the password must have left the agent to come back");
        shown.Should().Contain(text => text.Contains("answered 535") && text.Contains("no ***"), "the mail server said it all too");
        shown.Should().NotContain(text => text.Contains(Token) || text.Contains(PartOfPassword) || text.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0dkron\0{Password}")).TrimEnd('=')));
    }

    [Fact]
    public async Task What_a_server_that_is_down_did_not_take_is_kept_and_delivered_when_it_is_back()
    {
        var up = false;
        await using var server = new RawServer(_ => RawServer.Http(Volatile.Read(ref up) ? "204 No Content" : "503 Busy"));
        await using var agent = await Agent.StartAsync(
            Agent.NewFolder(),
            $$"""
            { "Processors": { "webhook": { "url": "http://127.0.0.1:{{server.Port}}/", "retry_backoff": "50ms" } },
              "Jobs": { "a": { "schedule": "@manually", "command": "echo kept", "shell": true, "processors": { "webhook": {} } } } }
            """);
        await agent.RunAsync("run", "a");
        await Wait.UntilAsync(async () => (await agent.JsonAsync("deadletters")).AsArray().Count == 1, () => agent.Process.Stderr);
        var tries = server.Received.Count;

        Volatile.Write(ref up, true);
        var (exitCode, _, stderr) = await agent.RunAsync("reprocess", "--dead");

        exitCode.Should().Be(0, stderr);
        await Wait.Until(() => server.Received.Count > tries, () => agent.Process.Stderr);
        await Wait.UntilAsync(async () => (await agent.JsonAsync("deadletters")).AsArray().Count == 0, () => agent.Process.Stderr);
        tries.Should().Be(4, "a delivery has 3 retries unless the job says otherwise");
        server.Received.Select(request => request.Split('\n').Single(line => line.StartsWith("Idempotency-Key:", StringComparison.Ordinal))).Distinct().Should().ContainSingle();
        server.Received.Should().OnlyContain(request => request.Contains("\"output\":\"kept\\n\""));
    }
}
