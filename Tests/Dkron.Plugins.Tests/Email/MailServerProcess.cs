using System.Diagnostics;
using Dkron.Plugins.Tests.Syslog;

namespace Dkron.Plugins.Tests.Email;

/// <summary>A real SMTP server on loopback, aiosmtpd, with STARTTLS, TLS and login.</summary>
internal sealed class MailServerProcess : IAsyncDisposable
{
    public const string Password = "correct horse battery staple";
    private const string Python = "/usr/bin/python3";
    private const string Package = "/usr/lib/python3/dist-packages/aiosmtpd";

    private readonly TempFolder _folder = new();
    private readonly TestAuthority _authority = new("Dkron test authority");
    private Process? _process;
    private Task<string> _complaints = Task.FromResult("");
    private string[] _ports = [];

    private MailServerProcess()
    {
    }

    public string CaFile => _authority.CaFile;

    public static async Task<MailServerProcess> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Python) && Directory.Exists(Package), "The SMTP server aiosmtpd is missing: run .ci/install-test-servers, which installs the package python3-aiosmtpd.");
        var server = new MailServerProcess();
        try
        {
            await server.StartProcessAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public string PortOf(string security) => _ports[security == "tls" ? 1 : 0];

    /// <summary>The options for an account on this server, and a receiver.</summary>
    public (string Key, string Value)[] Config(string security = "starttls", params (string Key, string Value)[] more) =>
    [
        ("host", "localhost"), ("port", PortOf(security)), ("security", security), ("ca_file", CaFile), ("user", "dkron"), ("password", Password),
        ("from", "Dkron <dkron@example.com>"), ("to", "Ops <ops@example.com>"), .. more,
    ];

    /// <summary>What has been received, once it is at least this much.</summary>
    public async Task<IReadOnlyList<ReceivedMail>> ReceivedAsync(int count)
    {
        await Eventually.TrueAsync($"{count} mails arrived", () => Files().Length >= count);
        return [.. Files().Order(StringComparer.Ordinal).Select(ReceivedMail.Read)];
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            await _complaints;
        }

        _process?.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }

    private string[] Files() => Directory.GetFiles(_folder.Path, "*.json");

    private async Task StartProcessAsync()
    {
        var (certificate, key) = _authority.Sign("localhost");
        var start = new ProcessStartInfo(Python) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "Email", "smtp_server.py"), _folder.Path, certificate, key })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DKRON_TEST_PASSWORD"] = Password;
        _process = Process.Start(start)!;
        _complaints = _process.StandardError.ReadToEndAsync();
        var ports = await _process.StandardOutput.ReadLineAsync();
        _ports = ports?.Split(' ') ?? throw new InvalidOperationException(await _complaints);
    }
}
