using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dkron.Host.Tests.Plugins;

namespace Dkron.Acceptance.Tests;

/// <summary>A running dkron in a folder of its own, and the command line that talks to it.</summary>
internal sealed class Agent : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private Agent(string folder, Launched process)
    {
        Folder = folder;
        Process = process;
    }

    public string Folder { get; }

    public Launched Process { get; }

    public string SettingsFile => Path.Combine(Folder, "settings.json");

    /// <summary>Compiles a plugin whose output is an expression into the folder <c>plugins</c> of a test's folder.</summary>
    public static void AddPlugin(string folder, string name, string output)
    {
        var target = Directory.CreateDirectory(Path.Combine(folder, "plugins", $"dkron-processor-{name}")).FullName;
        File.WriteAllBytes(Path.Combine(target, $"dkron-processor-{name}.dll"), PluginCompiler.Compile($"dkron-processor-{name}", PluginCompiler.Header() + PluginCompiler.Processor(output)));
    }

    /// <summary>Makes an empty folder, to be given to <see cref="StartAsync"/>.</summary>
    public static string NewFolder() => Directory.CreateTempSubdirectory("dkron-acceptance-").FullName;

    /// <summary>Writes settings with these jobs and starts dkron with them; ends when it is ready.</summary>
    public static async Task<Agent> StartAsync(string folder, string? settings, IReadOnlyDictionary<string, string>? environment = null, bool waitUntilReady = true)
    {
        var file = Path.Combine(folder, "settings.json");
        if (settings is not null)
        {
            await File.WriteAllTextAsync(file, settings);
        }

        // A shell that runs the tests in the background has them ignore INT and QUIT, and whatever they start would inherit that.
        var agent = new Agent(folder, Launched.Start("env", ["--default-signal=HUP,INT,QUIT", Repository.Dkron, "--config", file], folder, environment));
        if (waitUntilReady)
        {
            await Wait.Until(() => agent.Process.Stderr.Contains("Ready", StringComparison.Ordinal) || agent.Process.HasExited, () => agent.Process.Stderr, StartLimit);
            agent.Process.HasExited.Should().BeFalse(agent.Process.Stderr);
        }

        return agent;
    }

    public async Task<(int ExitCode, string Stdout, string Stderr)> RunAsync(params string[] arguments)
    {
        await using var process = Launched.Start(Repository.Dkron, [.. arguments, "--config", SettingsFile], Folder);
        var exitCode = await process.ExitAsync();
        return (exitCode, process.Stdout, process.Stderr);
    }

    public async Task<JsonNode> JsonAsync(params string[] arguments)
    {
        var (exitCode, stdout, stderr) = await RunAsync([.. arguments, "--json"]);
        exitCode.Should().Be(0, stderr);
        return JsonNode.Parse(stdout) ?? throw new JsonException("null");
    }

    /// <summary>Asks the agent itself: the command line needs the settings file, to know where the agent is.</summary>
    public async Task<JsonNode> AskAsync(string path)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(Folder, "data", "dkron.sock")), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler);
        return JsonNode.Parse(await client.GetStringAsync(new Uri($"http://agent{path}"))) ?? throw new JsonException("null");
    }

    /// <summary>Executions of a job as they stand, newest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> ExecutionsAsync(string job) => [.. (await JsonAsync("executions", job)).AsArray().Select(node => node!)];

    /// <summary>Runs a job to its end and gives its execution.</summary>
    public async Task<JsonNode> RunJobAsync(string job)
    {
        var (_, stdout, stderr) = await RunAsync("run", job, "--wait", "--json");
        stdout.Should().NotBeEmpty(stderr);
        return (await ExecutionsAsync(job))[0];
    }

    public async Task<int> StopAsync()
    {
        Process.Signal("TERM");
        return await Process.ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
