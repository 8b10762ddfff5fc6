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

    [Fact]
    public void Large_settings_that_could_not_be_read_are_read_again_though_nobody_touches_them()
    {
        _folder.Write(new string(' ', Size) + "{}");
        var (files, stamp) = (_folder.Reader().Files, new SettingsStamp());
        stamp.MayHaveChanged(files).Should().BeTrue();
        stamp.Note(_folder.Reader().ReadContent());
        stamp.MayHaveChanged(files).Should().BeFalse();

        stamp.Note(SettingsContent.Of([new SettingsFileContent(_folder.Main, default, "cannot be read: Too many open files")]));

        stamp.MayHaveChanged(files).Should().BeTrue();
    }
}
