using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dkron.Acceptance.Tests;

/// <summary>A running agent is searched for secrets: its log, its data, and what it tells.</summary>
public sealed class DeliverySecretTests
{
    private const string Token = "T0SECRETTOKEN";
    private const string Password = "hunter2-is-secret";

    [Fact]
    public async Task Secrets_of_deliveries_are_in_no_log_no_record_and_no_answer()
    {
        var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var stop = new CancellationTokenSource();
        var repeating = RepeatAsync(server, stop.Token);
        var folder = Agent.NewFolder();
        var secrets = Directory.CreateTempSubdirectory("dkron-secrets-").FullName;
        await File.WriteAllTextAsync(Path.Combine(secrets, "password"), Password + "\n", CancellationToken.None);
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        var environment = new Dictionary<string, string> { ["DKRON_TEST_WEBHOOK"] = $"http://127.0.0.1:{port}/services/{Token}?key={Token}" };
        await using var agent = await Agent.StartAsync(
            folder,
            $$"""
            { "Processors": {
                "webhook": { "url": "${env:DKRON_TEST_WEBHOOK}", "secret": "${file:{{secrets}}/password}", "retries": 0 },
                "email": { "host": "127.0.0.1", "port": {{port}}, "security": "none", "user": "dkron", "password": "${file:{{secrets}}/password}", "from": "a@example.com", "send_timeout": "3s", "retries": 0 } },
              "Jobs": { "a": { "schedule": "@manually", "command": "false", "owner_email": "o@example.com", "processors": [ { "name": "webhook" }, { "name": "email" } ] } } }
            """,
            environment);

        var execution = await agent.RunJobAsync("a");

        var shown = new List<string>();
        foreach (var verb in (string[][])[["jobs", "--json"], ["executions", "a", "--json"], ["show", execution["id"]!.GetValue<string>()], ["show", execution["id"]!.GetValue<string>(), "--json"], ["validate"]])
        {
            var (_, stdout, stderr) = await agent.RunAsync(verb);
            shown.AddRange([stdout, stderr]);
        }

        await agent.StopAsync();
        shown.AddRange([agent.Process.Stderr, agent.Process.Stdout]);
        shown.AddRange(Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => file + Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        await stop.CancelAsync();
        await repeating;
        server.Dispose();
        Directory.Delete(secrets, recursive: true);
        shown.Should().Contain(text => text.Contains("answered 404") && text.Contains("no POST ***"), "the server said it all, and it was taken out");
        shown.Should().NotContain(text => text.Contains(Token) || text.Contains(Password) || text.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0dkron\0{Password}")).TrimEnd('=')));
    }

    /// <summary>Answers each request with what it was asked for, as some servers do.</summary>
    private static async Task RepeatAsync(TcpListener server, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var client = await server.AcceptTcpClientAsync(cancellationToken);
                await using var stream = client.GetStream();
                var buffer = new byte[64 * 1024];
                var length = await stream.ReadAsync(buffer, cancellationToken);
                var body = $"no {Encoding.Latin1.GetString(buffer, 0, length).Split(" HTTP/")[0]} for {Password}";
                await stream.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 404 Not Found\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
