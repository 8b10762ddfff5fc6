using Dkron.Host.Jobs.Reading;

namespace Dkron.Host.Tests.Jobs;

public sealed class MomentTextTests
{
    // From Dkron's ntime_test.go, and RFC 3339.
    [Theory]
    [InlineData("2025-12-19T09:09:08Z", "2025-12-19T09:09:08.0000000+00:00")]
    [InlineData("2025-12-19T09:09:08+01:00", "2025-12-19T09:09:08.0000000+01:00")]
    [InlineData("2025-12-19T09:09:08.123456789-05:30", "2025-12-19T09:09:08.1234567-05:30")]
    [InlineData("2025-12-19T09:09", "2025-12-19T09:09:00.0000000+00:00")]
    public void Moments_are_read(string text, string moment)
    {
        MomentText.TryParse(text, out var read).Should().BeTrue();

        read.ToString("o").Should().Be(moment);
    }

    [Theory]
    [InlineData("not-a-date")]
    [InlineData("2025-12-19")]
    [InlineData("2025-12-19T09:09:08")]
    [InlineData("2025-13-19T09:09:08Z")]
    [InlineData("2025-12-19T24:09:08Z")]
    [InlineData("2025-12-19T09:09:08+25:00")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("2025-12-19T09:09:08Z\n")]
    public void Other_texts_are_refused(string text) => MomentText.TryParse(text, out _).Should().BeFalse();
}
