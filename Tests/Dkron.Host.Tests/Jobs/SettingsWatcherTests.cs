using System.Threading.Channels;
using Dkron.Host.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Jobs;

public sealed class SettingsWatcherTests : IDisposable
{
    private const string Good = """{ "Jobs": { "a": { "command": "/bin/true", "schedule": "@daily" } } }""";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task The_next_good_save_is_noticed_within_two_seconds_with_and_without_events(bool byMove, bool givesEvents)
    {
        var file = HalfSaved(givesEvents);
        var reader = _folder.Reader();
        var time = new WaitedTime();
        using var watcher = new SettingsWatcher(reader, time);
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        await using var changes = watcher.ChangesAsync(reader.ReadContent().Mark, limit.Token).GetAsyncEnumerator(limit.Token);

        var noticed = changes.MoveNextAsync().AsTask();
        Save(file, byMove); // it has just begun to wait: the longest time that a save can go unseen
        var waited = TimeSpan.Zero;
        while (!noticed.IsCompleted && await Task.WhenAny(noticed, time.NextWaitAsync(limit.Token)) is Task<TimeSpan> next)
        {
            waited += await next;
            time.Advance(await next);
        }

        (await noticed).Should().BeTrue();
        changes.Current.Mark.Should().Be(reader.ReadContent().Mark);
        waited.Should().BePositive().And.BeLessThanOrEqualTo(Bound);
    }

    /// <summary>A settings file cut in the middle of a save. No events come from a folder to which only a link leads.</summary>
    private string HalfSaved(bool givesEvents)
    {
        var file = givesEvents ? _folder.Main : Path.Combine(Directory.CreateDirectory(_folder.At("elsewhere")).FullName, "settings.json");
        File.WriteAllText(file, Good[..20]);
        if (!givesEvents)
        {
            File.CreateSymbolicLink(_folder.Main, file);
        }

        return file;
    }

    private static void Save(string file, bool byMove)
    {
        File.WriteAllText(byMove ? $"{file}.new" : file, Good);
        if (byMove)
        {
            File.Move($"{file}.new", file, overwrite: true);
        }
    }

    /// <summary>Time that stands still, and tells how long somebody wants to wait.</summary>
    private sealed class WaitedTime : FakeTimeProvider
    {
        private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

        public Task<TimeSpan> NextWaitAsync(CancellationToken cancellationToken) => _waits.Reader.ReadAsync(cancellationToken).AsTask();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _waits.Writer.TryWrite(dueTime);
            return timer;
        }
    }
}
