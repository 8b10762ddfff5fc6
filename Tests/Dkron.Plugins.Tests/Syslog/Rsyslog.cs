using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Dkron.Plugins.Tests.Syslog;

/// <summary>A real rsyslogd on loopback, with a configuration and a folder of its own, that writes what it understood to a file.</summary>
internal sealed class Rsyslog : IAsyncDisposable
{
    private const string Program = "/usr/sbin/rsyslogd";
    private const string Separator = "^^";

    private readonly TempFolder _folder = new();
    private readonly TestAuthority _authority = new("Dkron test authority");
    private Process? _process;
    private Task<string[]> _complaints = Task.FromResult<string[]>([]);

    private Rsyslog(bool wantsClientCertificate)
    {
        var (certificate, key) = _authority.Sign("syslog.test");
        File.WriteAllText(_folder.At("rsyslog.conf"), $$"""
            global(workDirectory="{{_folder.Path}}" maxMessageSize="64k"
              defaultNetstreamDriverCAFile="{{_authority.CaFile}}" defaultNetstreamDriverCertFile="{{certificate}}" defaultNetstreamDriverKeyFile="{{key}}")
            module(load="imuxsock" SysSock.Use="off")
            module(load="imudp")
            module(load="imtcp")
            template(name="fields" type="string" string="%syslogfacility-text%^^%syslogseverity-text%^^%hostname%^^%app-name%^^%msgid%^^%structured-data%^^%msg%\n")
            ruleset(name="main") {
              action(type="omfile" file="{{Received}}" template="fields" flushOnTXEnd="on" asyncWriting="off")
            }
            input(type="imuxsock" socket="{{Socket}}" useSpecialParser="off" parseHostname="on" ruleset="main" rateLimit.interval="0")
            input(type="imuxsock" socket="{{LocalFormatSocket}}" ruleset="main" rateLimit.interval="0")
            input(type="imudp" address="127.0.0.1" port="{{UdpPort}}" ruleset="main")
            input(type="imtcp" address="127.0.0.1" port="{{TcpPort}}" ruleset="main" streamDriver.name="ptcp" streamDriver.mode="0")
            input(type="imtcp" address="127.0.0.1" port="{{TlsPort}}" ruleset="main" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="{{(wantsClientCertificate ? "x509/certvalid" : "anon")}}")

            """);
    }

    public static bool IsInstalled => File.Exists(Program) && Directory.EnumerateFiles("/usr/lib", "lmnsd_ossl.so", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 3 }).Any();

    public string Socket => _folder.At("socket");

    /// <summary>As rsyslogd reads /dev/log when it is told nothing about it.</summary>
    public string LocalFormatSocket => _folder.At("local-format");

    public int UdpPort { get; } = FreePort(SocketType.Dgram, ProtocolType.Udp);

    public int TcpPort { get; } = FreePort(SocketType.Stream, ProtocolType.Tcp);

    public int TlsPort { get; } = FreePort(SocketType.Stream, ProtocolType.Tcp);

    public string CaFile => _authority.CaFile;

    private string Received => _folder.At("received");

    public (string Certificate, string Key) SignClient() => _authority.Sign("client.test");

    public static async Task<Rsyslog> StartAsync(bool wantsClientCertificate = false)
    {
        Assert.SkipUnless(IsInstalled, "rsyslogd or its TLS driver is missing: run .ci/install-test-servers, which installs the packages rsyslog and rsyslog-openssl.");
        var server = new Rsyslog(wantsClientCertificate);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The options for one of the ways to this server.</summary>
    public (string Key, string Value)[] Config(string transport) => transport switch
    {
        "local" => [("transport", "local"), ("socket", Socket)],
        "udp" => [("transport", "udp"), ("host", "127.0.0.1"), ("port", $"{UdpPort}")],
        "tcp" => [("transport", "tcp"), ("host", "127.0.0.1"), ("port", $"{TcpPort}")],
        _ => [("transport", "tls"), ("host", "127.0.0.1"), ("port", $"{TlsPort}"), ("ca_file", CaFile), ("tls_server_name", "syslog.test")],
    };

    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in new[] { "-n", "-f", _folder.At("rsyslog.conf"), "-i", _folder.At("pid") })
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _complaints = Task.WhenAll(_process.StandardError.ReadToEndAsync(), _process.StandardOutput.ReadToEndAsync());
        await Eventually.TrueAsync("rsyslogd listens", async () =>
        {
            _process.HasExited.Should().BeFalse(_process.HasExited ? string.Concat(await _complaints) : "");
            return Path.Exists(Socket) && Listens(TcpPort) && Listens(TlsPort);
        });
    }

    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            await _complaints;
            process.Dispose();
            _process = null;
        }
    }

    public void Pause(bool pause) => Process.Start("kill", [pause ? "-STOP" : "-CONT", $"{_process!.Id}"]).WaitForExit();

    /// <summary>What has been received, once it is at least this much.</summary>
    public async Task<IReadOnlyList<ReceivedMessage>> ReceivedAsync(int count)
    {
        await Eventually.TrueAsync($"{count} messages arrived", () => Read().Count >= count);
        return Read();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process?.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }

    public static int FreePort(SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    // Not by connecting: this rsyslogd can close a descriptor twice when a caller leaves before TLS is agreed on, and the second time it is
    // another caller's.
    private static bool Listens(int port) => File.ReadLines("/proc/net/tcp").Any(line => line.Contains($":{port:X4} 00000000:0000 0A ", StringComparison.Ordinal));

    private List<ReceivedMessage> Read() => !File.Exists(Received) ? [] : [.. File.ReadAllText(Received).Split('\n')[..^1].Select(line => line.Split(Separator)).Where(f => f.Length == 7 && f[3] != "rsyslogd")
        .Select(f => new ReceivedMessage(f[0], f[1], f[2], f[3], f[4], f[5], f[6]))];
}
