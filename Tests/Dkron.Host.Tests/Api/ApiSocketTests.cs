using System.Net.Sockets;
using System.Runtime.Versioning;
using Dkron.Host.Api;

namespace Dkron.Host.Tests.Api;

[UnsupportedOSPlatform("windows")]
public sealed class ApiSocketTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Only_its_owner_may_connect()
    {
        await using var agent = await StubAgent.StartAsync();

        var mode = File.GetUnixFileMode(ApiSocket.PathIn(agent.DataDirectory));

        mode.Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task What_a_dead_agent_left_is_replaced()
    {
        LeaveStaleSocket(ApiSocket.PathIn(_folder.Path));

        using var socket = await ApiSocket.ClaimAsync(_folder.Path, CancellationToken.None);
        using var listener = socket.Bind();
        listener.Listen();
        using var client = await ApiSocket.ConnectAsync(_folder.Path, CancellationToken.None);

        client.Connected.Should().BeTrue();
    }

    [Fact]
    public async Task A_live_agent_is_not_replaced()
    {
        await using var agent = await StubAgent.StartAsync();

        var claim = () => ApiSocket.ClaimAsync(agent.DataDirectory, CancellationToken.None);

        (await claim.Should().ThrowAsync<IOException>()).Which.Message.Should().StartWith($"another agent answers on {ApiSocket.PathIn(agent.DataDirectory)}");
        (await agent.GetAsync("status")).IsSuccessStatusCode.Should().BeTrue();
    }

    [Fact]
    public async Task A_file_of_that_name_is_not_deleted()
    {
        await File.WriteAllTextAsync(ApiSocket.PathIn(_folder.Path), "precious", CancellationToken.None);

        var claim = () => ApiSocket.ClaimAsync(_folder.Path, CancellationToken.None);

        (await claim.Should().ThrowAsync<IOException>()).Which.Message.Should().Contain("is not a socket");
        File.ReadAllText(ApiSocket.PathIn(_folder.Path)).Should().Be("precious");
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_works()
    {
        var deep = Directory.CreateDirectory(Path.Combine(_folder.Path, new string('x', 100), new string('y', 100))).FullName;

        using var socket = await ApiSocket.ClaimAsync(deep, CancellationToken.None);
        using var listener = socket.Bind();
        listener.Listen();
        using var client = await ApiSocket.ConnectAsync(deep, CancellationToken.None);

        client.Connected.Should().BeTrue();
        File.GetUnixFileMode(ApiSocket.PathIn(deep)).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_folder_that_is_missing_is_made()
    {
        var missing = Path.Combine(_folder.Path, "a", "b");

        using var socket = await ApiSocket.ClaimAsync(missing, CancellationToken.None);
        using var listener = socket.Bind();

        File.Exists(ApiSocket.PathIn(missing)).Should().BeTrue();
    }

    [Fact]
    public async Task The_socket_is_gone_when_the_agent_is()
    {
        var socket = await ApiSocket.ClaimAsync(_folder.Path, CancellationToken.None);
        socket.Bind().Dispose();

        socket.Dispose();

        Directory.EnumerateFileSystemEntries(_folder.Path).Should().BeEmpty();
    }

    private static void LeaveStaleSocket(string path)
    {
        // A bound socket removes its file when it is disposed; under another name the file stays, as after a kill.
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path + "2"));
            File.Move(path + "2", path);
        }

        File.Exists(path).Should().BeTrue();
    }
}
