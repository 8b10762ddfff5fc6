using System.Globalization;
using System.Net.Sockets;

namespace Dkron.Acceptance.Tests;

public sealed class EndTests
{
    [Fact]
    public async Task A_command_may_end_by_itself_when_the_host_stops_and_is_recorded()
    {
        await using var agent = await Agent.StartAsync(Agent.NewFolder(), """{ "Jobs": { "sleep": { "schedule": "@manually", "command": "sleep 5" } } }""");
        await agent.RunAsync("run", "sleep");
        var command = await CommandOf(agent, "sleep");

        var exitCode = await agent.StopAsync();

        exitCode.Should().Be(0, agent.Process.Stderr);
        var execution = (await agent.ExecutionsAsync("sleep")).Should().ContainSingle().Subject;
        execution["status"]!.GetValue<string>().Should().Be("succeeded");
        Directory.Exists($"/proc/{command}").Should().BeFalse();
    }

    [Fact]
    public async Task A_command_that_ignores_the_request_to_end_is_gone_after_the_grace_with_its_children()
    {
        var settings = """
            {
              "Dkron": { "ShutdownGrace": "2s" },
              "Jobs": { "stubborn": { "schedule": "@manually", "shell": true, "command": "trap '' TERM; sh -c 'trap \"\" TERM; while :; do sleep 0.1; done' & while :; do sleep 0.1; done" } }
            }
            """;
        await using var agent = await Agent.StartAsync(Agent.NewFolder(), settings);
        await agent.RunAsync("run", "stubborn");
        var session = await CommandOf(agent, "sh");

        var exitCode = await agent.StopAsync();

        exitCode.Should().Be(0, agent.Process.Stderr);
        Processes.InSession(session).Should().BeEmpty();
        var execution = (await agent.ExecutionsAsync("stubborn")).Should().ContainSingle().Subject;
        execution["status"]!.GetValue<string>().Should().Be("failed");
        execution["error"]!.GetValue<string>().Should().Contain("the host was stopping").And.Contain("SIGKILL");
    }

    [Theory]
    [InlineData("INT", true)]
    [InlineData("INT", false)]
    [InlineData("QUIT", true)]
    public async Task Any_signal_that_asks_for_the_end_stops_the_host_with_and_without_systemd(string signal, bool hasSystemd)
    {
        var folder = Agent.NewFolder();
        using var notified = hasSystemd ? NotifySocketIn(folder) : null;
        await using var agent = await Agent.StartAsync(folder, """{ "Jobs": {} }""", EnvironmentOf(notified));

        agent.Process.Signal(signal);

        (await agent.Process.ExitAsync()).Should().Be(0, agent.Process.Stderr);
        agent.Process.Stderr.Should().Contain("Stopped: everything is recorded");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_signal_while_the_host_starts_ends_it_well(bool hasSystemd)
    {
        var folder = Agent.NewFolder();
        using var notified = hasSystemd ? NotifySocketIn(folder) : null;
        await using var agent = await Agent.StartAsync(folder, """{ "Jobs": {} }""", EnvironmentOf(notified), waitUntilReady: false);
        await Wait.Until(() => agent.Process.Stderr.Contains("starts as node", StringComparison.Ordinal), () => agent.Process.Stderr);

        agent.Process.Signal("TERM");

        (await agent.Process.ExitAsync()).Should().Be(0, agent.Process.Stderr);
        agent.Process.Stderr.Should().Contain("Stopped: everything is recorded").And.NotContain("[ERR]");
    }

    [Theory]
    [InlineData("TERM", false)]
    [InlineData("INT", true)]
    public async Task A_second_signal_hurries(string signal, bool hasSystemd)
    {
        var folder = Agent.NewFolder();
        using var notified = hasSystemd ? NotifySocketIn(folder) : null;
        await using var agent = await Agent.StartAsync(folder, """{ "Jobs": { "sleep": { "schedule": "@manually", "command": "sleep 600" } } }""", EnvironmentOf(notified));
        await agent.RunAsync("run", "sleep");
        await CommandOf(agent, "sleep");

        agent.Process.Signal(signal);
        await Wait.Until(() => agent.Process.Stderr.Contains("Stopping", StringComparison.Ordinal), () => agent.Process.Stderr);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken); // a second signal within 300 ms counts as the first
        agent.Process.Signal(signal);

        (await agent.Process.ExitAsync(TimeSpan.FromSeconds(20))).Should().Be(0);
        (await agent.ExecutionsAsync("sleep"))[0]["status"]!.GetValue<string>().Should().Be("failed");
    }

    [Fact]
    public async Task Stop_ends_a_running_execution()
    {
        await using var agent = await Agent.StartAsync(Agent.NewFolder(), """{ "Jobs": { "sleep": { "schedule": "@manually", "command": "sleep 600" } } }""");
        await agent.RunAsync("run", "sleep");
        await CommandOf(agent, "sleep");
        var id = (await agent.ExecutionsAsync("sleep"))[0]["id"]!.GetValue<string>();

        (await agent.RunAsync("stop", id)).ExitCode.Should().Be(0);

        await Wait.UntilAsync(async () => (await agent.ExecutionsAsync("sleep"))[0]["status"]!.GetValue<string>() == "failed");
        (await agent.ExecutionsAsync("sleep"))[0]["error"]!.GetValue<string>().Should().Contain("stopped on request");
    }

    [Fact]
    public async Task Systemd_is_told_when_the_host_is_ready_and_when_it_stops()
    {
        var folder = Agent.NewFolder();
        using var notified = NotifySocketIn(folder);
        await using var agent = await Agent.StartAsync(folder, """{ "Jobs": { "a": { "schedule": "@manually", "command": "sh -c 'echo $NOTIFY_SOCKET.'" } } }""", EnvironmentOf(notified));

        var ready = await Receive(notified);
        var execution = await agent.RunJobAsync("a");
        await agent.StopAsync();
        var stopping = await Receive(notified);

        ready.Should().Contain("READY=1");
        stopping.Should().Contain("STOPPING=1");
        execution["output"]!.GetValue<string>().Should().Be(".\n", "a command must not speak for the host");
    }

    private static Socket NotifySocketIn(string folder)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "notify.sock")));
        return socket;
    }

    private static Dictionary<string, string>? EnvironmentOf(Socket? notified) =>
        notified is null ? null : new Dictionary<string, string> { ["NOTIFY_SOCKET"] = $"{notified.LocalEndPoint}" };

    private static async Task<string> Receive(Socket socket)
    {
        var buffer = new byte[4096];
        var count = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(Wait.Limit, TimeProvider.System, TestContext.Current.CancellationToken);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, count);
    }

    private static async Task<int> CommandOf(Agent agent, string name)
    {
        var found = 0;
        await Wait.Until(() => (found = Processes.ChildrenOf(agent.Process.Id).Where(p => p.Name == name).Select(p => p.Id).FirstOrDefault()) != 0, () => agent.Process.Stderr);
        return found;
    }
}
