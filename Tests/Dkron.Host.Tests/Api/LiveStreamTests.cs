using System.Text;
using Dkron.Host.Api;

namespace Dkron.Host.Tests.Api;

public sealed class LiveStreamTests
{
    private readonly GrowingOutput _output = new();

    [Fact]
    public async Task Without_following_it_ends_with_what_there_is()
    {
        _output.Append("so far");

        var text = await ReadAsync(follow: false);

        text.Should().Be("so far");
    }

    [Fact]
    public async Task Following_ends_with_the_command()
    {
        _output.Append("begin ");
        var reading = ReadAsync(follow: true);

        _output.Append("end");
        _output.End();

        (await reading).Should().Be("begin end");
    }

    [Fact]
    public async Task What_is_not_kept_any_more_is_marked()
    {
        _output.Append("0123456789");
        _output.Forgotten = 4;
        _output.End();

        var text = await ReadAsync(follow: true);

        text.Should().Be("\n[dkron: 4 bytes are not kept]\n456789");
    }

    [Fact]
    public async Task A_command_that_writes_nothing_ends_it_too()
    {
        var reading = ReadAsync(follow: true);

        _output.End();

        (await reading).Should().BeEmpty();
    }

    private async Task<string> ReadAsync(bool follow)
    {
        using var copy = new MemoryStream();
        await new LiveStream(_output.Live, follow).CopyToAsync(copy);
        return Encoding.UTF8.GetString(copy.ToArray());
    }
}
