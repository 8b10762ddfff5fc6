using System.Security.Cryptography;
using System.Text;
using Dkron.Abstractions;
using Dkron.Host.Execution;

namespace Dkron.Host.Tests.Execution;

public sealed class CommandOutputTests : IAsyncDisposable
{
    private const int Kilo = 1024;

    private readonly CommandBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Binary_output_is_kept_as_it_is()
    {
        var bytes = RandomNumberGenerator.GetBytes(60_000);

        var result = await _bench.RunAsync(CommandBench.Program("cat") with { Payload = bytes });

        result.Output.IsInMemory.Should().BeTrue();
        result.Output.Bytes.ToArray().Should().Equal(bytes);
        result.OutputFile.Should().BeNull();
    }

    [Theory]
    [InlineData(64 * Kilo, false)]
    [InlineData((64 * Kilo) + 1, true)]
    public async Task Output_beyond_64_KiB_lies_in_a_file_that_only_the_host_can_read(int length, bool inFile)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);

        var result = await _bench.RunAsync(CommandBench.Program("cat") with { Payload = bytes });

        result.OutputFile.Should().Be(inFile ? _bench.OutputFile : null);
        result.Output.Length.Should().Be(length);
        result.Output.IsTruncated.Should().BeFalse();
        Read(result.Output).Should().Equal(bytes);
        if (inFile && !OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(_bench.OutputFile).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Directory.GetFiles(Path.GetDirectoryName(_bench.OutputFile)!).Should().Equal(_bench.OutputFile);
        }
    }

    [Theory]
    [InlineData(200_000, 100_000)]
    [InlineData(1_000_000, 100_000)]
    [InlineData(100_001, 100_000)]
    [InlineData(100_000, 100_000)]
    [InlineData(300_000, 70_001)]
    [InlineData(300_000, 1_000)]
    [InlineData(65_537, 65_536)]
    [InlineData(1_000, 1)]
    [InlineData(1_000, 0)]
    public async Task Too_much_output_keeps_head_and_tail_and_says_what_was_cut(int length, int max)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);
        var head = max - (max / 2);
        var mark = length > max ? Encoding.UTF8.GetBytes($"\n[dkron: {length - max} bytes cut here, max_output {max}]\n") : [];
        byte[] expected = length > max ? [.. bytes[..head], .. mark, .. bytes[^(max / 2)..]] : bytes;

        var result = await _bench.RunAsync(CommandBench.Program("cat") with { Payload = bytes, MaxOutputBytes = max });

        result.Status.Should().Be(ExecutionStatus.Succeeded);
        Read(result.Output).Should().Equal(expected);
        result.Output.Length.Should().Be(expected.Length);
        result.Output.OmittedBytes.Should().Be(Math.Max(0, length - max));
        result.Output.OmittedAt.Should().Be(length > max ? head : 0);
    }

    [Fact]
    public async Task When_the_file_cannot_be_written_what_fits_in_memory_is_kept_and_marked()
    {
        File.WriteAllText(Path.Combine(_bench.Folder, "outputs"), "in the way of the folder");
        var bytes = RandomNumberGenerator.GetBytes(500_000);

        var result = await _bench.RunAsync(CommandBench.Program("cat") with { Payload = bytes });

        var content = Read(result.Output);
        result.Status.Should().Be(ExecutionStatus.Succeeded);
        result.OutputFile.Should().BeNull();
        result.Output.OmittedBytes.Should().Be(500_000 - (64 * Kilo));
        content.AsSpan(0, 32 * Kilo).SequenceEqual(bytes.AsSpan(0, 32 * Kilo)).Should().BeTrue();
        content.AsSpan(content.Length - (32 * Kilo)).SequenceEqual(bytes.AsSpan(bytes.Length - (32 * Kilo))).Should().BeTrue();
        Encoding.Latin1.GetString(content, 32 * Kilo, content.Length - (64 * Kilo)).Should()
            .StartWith($"\n[dkron: {500_000 - (64 * Kilo)} bytes cut here, it could not be written to a file: ").And.EndWith("]\n");
    }

    [Fact]
    public async Task When_the_file_is_lost_at_the_end_the_middle_of_the_output_is_what_it_costs()
    {
        var outputs = Path.GetDirectoryName(_bench.OutputFile);

        var result = await _bench.RunAsync($"head -c 200000 /dev/zero; until rm -r {outputs}; do sleep 0.01; done 2>/dev/null; echo end; exit 3");

        result.Error.Should().Be("exited with code 3");
        result.OutputFile.Should().BeNull();
        result.Output.ToString().Should().EndWith("\0end\n");
        result.Output.OmittedBytes.Should().Be(200_004 - (64 * Kilo));
    }

    [Fact]
    public async Task The_output_of_a_running_command_can_be_followed_to_its_end()
    {
        var live = new LiveOutput();
        var gate = Path.Combine(_bench.Folder, "gate");
        var running = _bench.RunAsync(
            CommandBench.Shell($"echo one; until [ -e {gate} ]; do sleep 0.01; done; head -c 200000 /dev/zero; echo two"),
            _bench.Run() with { Live = live });

        await live.WaitAsync(0, CancellationToken.None).WaitAsync(CommandBench.Patience, CancellationToken.None);
        var first = Piece.Of(live, 0, 1000);
        File.WriteAllText(gate, "");
        var all = await FollowAsync(live);
        await running;
        var late = Piece.Of(live, 200_000, 1000);

        Encoding.UTF8.GetString(first.Bytes).Should().Be("one\n");
        first.Ended.Should().BeFalse();
        all.Should().HaveCount(200_008);
        Encoding.UTF8.GetString(all[^4..]).Should().Be("two\n");
        Encoding.UTF8.GetString(late.Bytes).Should().Be("\0\0\0\0two\n");
        late.Ended.Should().BeTrue();
    }

    [Fact]
    public async Task Who_follows_too_late_gets_head_and_tail_with_their_true_offsets()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        var live = new LiveOutput();
        await _bench.RunAsync(CommandBench.Program("cat") with { Payload = bytes, MaxOutputBytes = 100_000 }, _bench.Run() with { Live = live });

        var head = Piece.Of(live, 40_000, 100_000);
        var tail = Piece.Of(live, head.NextOffset, 100_000);

        head.Offset.Should().Be(40_000);
        head.Bytes.Should().Equal(bytes[40_000..50_000]);
        tail.Offset.Should().Be(250_000);
        tail.Bytes.Should().Equal(bytes[250_000..]);
        (head.Ended, tail.Ended).Should().Be((false, true));
    }

    [Fact]
    public async Task Following_a_command_that_cannot_be_started_ends()
    {
        var live = new LiveOutput();
        var waiting = live.WaitAsync(0, CancellationToken.None);

        await _bench.RunAsync(CommandBench.Program("/no/such"), _bench.Run() with { Live = live });

        await waiting.WaitAsync(CommandBench.Patience, CancellationToken.None);
        var chunk = Piece.Of(live, 0, 100);
        (chunk.Offset, chunk.Bytes.Length, chunk.Ended).Should().Be((0, 0, true));
    }

    private static async Task<byte[]> FollowAsync(LiveOutput live)
    {
        using var all = new MemoryStream();
        for (var chunk = Piece.Of(live, 0, 10_000); ; chunk = Piece.Of(live, chunk.NextOffset, 10_000))
        {
            all.Write(chunk.Bytes);
            if (chunk.Ended)
            {
                return all.ToArray();
            }

            await live.WaitAsync(chunk.NextOffset, CancellationToken.None).WaitAsync(CommandBench.Patience, CancellationToken.None);
        }
    }

    private static byte[] Read(ExecutionOutput output)
    {
        using var stream = output.OpenRead();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
