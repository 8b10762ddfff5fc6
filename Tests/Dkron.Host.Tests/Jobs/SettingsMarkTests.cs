using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Tests.Jobs;

public sealed class SettingsMarkTests : IDisposable
{
    private const int Size = 4 * 1024 * 1024;

    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Large_settings_are_not_read_again_until_somebody_touches_them()
    {
        _folder.Write(new string(' ', Size) + "{}");
        var mark = new SettingsMark(_folder.Reader());
        var first = mark.Read();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var again = mark.Read();

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(Size, "nothing was read");
        again.Should().Be(first);
        _folder.Write(new string(' ', Size) + "[ ]");
        mark.Read().Should().NotBe(first).And.Be(_folder.Reader().ReadContent().Mark);
    }
}
