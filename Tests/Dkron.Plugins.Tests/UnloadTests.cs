using System.Runtime.CompilerServices;
using Dkron.Abstractions;
using Dkron.Plugins.Tests.Email;
using Dkron.Plugins.Tests.Syslog;
using Dkron.Plugins.Tests.Webhook;

namespace Dkron.Plugins.Tests;

/// <summary>A plugin that has worked and was disposed leaves memory.</summary>
public sealed class UnloadTests
{
    [Fact]
    public async Task Log_leaves_memory_after_work()
    {
        var context = await WorkAsync("log", Some.Context("x\n", config: ("format", "json")), Some.Context("[dkron]\n", config: ("escape_control", "true")));

        await LeavesMemoryAsync(context);
    }

    [Fact]
    public async Task Files_leaves_memory_after_work()
    {
        using var folder = new TempFolder();
        (string, string)[] config = [("log_dir", folder.Path), ("max_files", "1")];

        var context = await WorkAsync("files", Some.Context(config: config), Some.Context(execution: Some.Id(2), config: config), Some.Context(config: ("log_dir", "/proc/none")));

        await LeavesMemoryAsync(context);
    }

    [Theory]
    [InlineData("local")]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("tls")]
    public async Task Syslog_leaves_memory_after_work(string transport)
    {
        await using var server = await Rsyslog.StartAsync(wantsClientCertificate: true);
        var (certificate, key) = server.SignClient();
        (string, string)[] config = [.. server.Config(transport), .. transport == "tls" ? new[] { ("client_cert_file", certificate), ("client_key_file", key) } : []];
        (string, string)[] unchecking = transport == "tls" ? [.. config, ("tls_verify", "false")] : config;

        var context = await WorkAsync("syslog", Some.Context(config: config), Some.Context(config: unchecking), Some.Context(config: [("transport", "tcp"), ("host", "127.0.0.1"), ("port", "1")]));

        await server.ReceivedAsync(2);
        await LeavesMemoryAsync(context);
    }

    [Theory]
    [InlineData("starttls")]
    [InlineData("tls")]
    public async Task Email_leaves_memory_after_work(string security)
    {
        await using var server = await MailServerProcess.StartAsync();
        var config = server.Config(security);

        var context = await WorkAsync("email", Notice.Failure(config: config), Notice.Failure(config: [.. config, ("output", "attach")]), Notice.Failure(config: [.. config, ("password", "wrong")]));

        (await server.ReceivedAsync(2)).Should().HaveCount(2);
        await LeavesMemoryAsync(context);
    }

    [Fact]
    public async Task Webhook_leaves_memory_after_work()
    {
        await using var receiver = await HttpReceiver.StartAsync(tls: true);
        var config = receiver.Config(("secret", "k"));

        var context = await WorkAsync("webhook", Notice.Failure(config: config), Notice.Failure(config: [.. config, ("preset", "slack")]), Notice.Failure(config: [("url", "http://127.0.0.1:1/")]));

        receiver.Requests.Should().HaveCount(2);
        await LeavesMemoryAsync(context);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> WorkAsync(string plugin, params ProcessorContext[] contexts)
    {
        using var folder = new TempFolder();
        var context = new PluginContext(plugin);
        var info = new PluginInfo { Name = plugin, Version = "1.0.0", Generation = 1, Directory = folder.Path, DataDirectory = folder.Path };
        await using (var processor = PluginContext.Create(context, plugin, new CollectingLog(), TimeProvider.System, info))
        {
            if (processor is IStartable startable)
            {
                await startable.StartAsync(CancellationToken.None);
            }

            await ((ISelfTest)processor).TestAsync(CancellationToken.None);
            foreach (var call in contexts)
            {
                var result = await processor.ProcessAsync(call, CancellationToken.None);
                result.Kind.Should().BeOneOf([ProcessorResultKind.Output, ProcessorResultKind.Unchanged, .. call == contexts[^1] ? [ProcessorResultKind.Retry, ProcessorResultKind.Fail] : Array.Empty<ProcessorResultKind>()], result.Reason);
            }
        }

        context.Unload();
        return new WeakReference(context, trackResurrection: true);
    }

    private static async Task LeavesMemoryAsync(WeakReference context)
    {
        await Task.Yield();
        await Eventually.TrueAsync("the plugin's load context is gone", () =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !context.IsAlive;
        });
    }
}
