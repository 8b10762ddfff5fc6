using System.Text;
using Dkron.Abstractions;
using Dkron.Host.Api;

namespace Dkron.Host.Tests.Api;

public sealed class OutputTextTests
{
    [Theory]
    [InlineData("abcdef", -1, "abcdef", 0)]
    [InlineData("abcdef", 6, "abcdef", 0)]
    [InlineData("abcdef", 2, "ef", 4)]
    [InlineData("abcdef", 0, "", 6)]
    [InlineData("aüb", 2, "b", 3)] // the limit falls inside the two bytes of ü
    [InlineData("", 5, "", 0)]
    public void The_end_is_taken_at_a_character(string output, long limit, string text, long cut)
    {
        var (end, missing) = OutputText.End(ExecutionOutput.FromText(output), limit);

        (end, missing).Should().Be((text, cut));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_shown_as_such()
    {
        var (end, _) = OutputText.End(ExecutionOutput.FromBytes(new byte[] { 0x61, 0xFF, 0x62 }), -1);

        end.Should().Be("a\uFFFDb");
    }

    [Fact]
    public void A_stream_that_cannot_seek_is_read_to_its_end()
    {
        var bytes = Encoding.UTF8.GetBytes(new string('x', 200_000) + "end");
        var output = new ExecutionOutput(bytes.Length, () => new ForwardOnly(bytes));

        var (end, cut) = OutputText.End(output, 3);

        (end, cut).Should().Be(("end", 200_000));
    }

    private sealed class ForwardOnly(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override long Seek(long offset, SeekOrigin loc) => throw new NotSupportedException();
    }
}
