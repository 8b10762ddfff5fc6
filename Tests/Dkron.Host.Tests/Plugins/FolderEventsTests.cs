using System.Collections.Concurrent;
using System.Globalization;
using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

public sealed class FolderEventsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("dkron-events-").FullName;
    private readonly ConcurrentQueue<string?> _signs = new();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_folder_that_is_made_anew_with_the_same_inode_is_watched_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has inodes that are looked at.");
        var folder = Directory.CreateDirectory(Path.Combine(_root, "plugins")).FullName;
        using var events = new FolderEvents(folder, _signs.Enqueue);
        events.Renew();
        var before = FileIdentity.Of(folder)!.Value;
        for (var tries = 0; tries == 0 || FileIdentity.Of(folder) is var now && (now!.Value.Inode != before.Inode || now.Value.BornAt == before.BornAt); tries++)
        {
            Assert.SkipWhen(tries == 10_000, "This file system does not use an inode again, or does not keep when a file was made.");
            Directory.Delete(folder);
            Directory.CreateDirectory(folder);
        }

        events.Renew();

        await File.WriteAllTextAsync(Path.Combine(folder, "written"), "", TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => _signs.Contains("written"));
    }

    [Fact]
    public async Task When_events_are_lost_that_is_a_sign_that_anything_may_have_changed_and_the_folder_is_watched_anew()
    {
        const string Limit = "/proc/sys/fs/inotify/max_queued_events";
        Assert.SkipUnless(File.Exists(Limit), "There is no inotify.");
        string[] touched = [Path.Combine(_root, "a"), Path.Combine(_root, "b")];
        Array.ForEach(touched, path => File.WriteAllText(path, ""));
        using var isTaken = new ManualResetEventSlim(initialState: true);
        using var events = new FolderEvents(_root, sign =>
        {
            isTaken.Wait(CancellationToken.None);
            _signs.Enqueue(sign);
        });
        events.Renew();
        _signs.Clear();

        // Nobody takes the events, so the kernel drops those over its limit. By turns: it merges equal ones.
        isTaken.Reset();
        for (var i = 0; i < 2 * int.Parse(File.ReadAllText(Limit), CultureInfo.InvariantCulture); i++)
        {
            File.SetLastWriteTimeUtc(touched[i % 2], DateTime.UnixEpoch);
        }

        isTaken.Set();
        await Until.TrueAsync(() => _signs.Contains(null));
        events.Renew();
        _signs.Count(sign => sign is null).Should().Be(2, "it says so again when it watches anew");
        await File.WriteAllTextAsync(Path.Combine(_root, "written"), "", TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => _signs.Contains("written"));
    }
}
