using System.Diagnostics;

namespace Dkron.Benchmarks;

/// <summary>How long the disk itself makes anyone wait: a file of its own, of which 4 KiB are written over and synced every 20 ms.</summary>
internal sealed class DiskPauses : IDisposable
{
    private const int PageBytes = 4096;
    private const int Pages = 256;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly string _file;
    private readonly ManualResetEventSlim _end = new();
    private readonly Thread _thread;
    private readonly List<TimedWait> _waits = [];

    public DiskPauses(string folder)
    {
        _file = Path.Combine(folder, "pauses");
        File.WriteAllBytes(_file, new byte[PageBytes * Pages]);
        _thread = new Thread(Run);
        _thread.Start();
    }

    /// <summary>Ends it, and gives the wait for each sync.</summary>
    public IReadOnlyList<TimedWait> End()
    {
        _end.Set();
        _thread.Join();
        return _waits;
    }

    public void Dispose()
    {
        End();
        _end.Dispose();
        File.Delete(_file);
    }

    private void Run()
    {
        using var file = File.OpenHandle(_file, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
        for (var i = 0L; !_end.Wait(Interval); i++)
        {
            var begin = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, new byte[PageBytes], i % Pages * PageBytes);
            RandomAccess.FlushToDisk(file);
            _waits.Add(new TimedWait(begin, Stopwatch.GetTimestamp()));
        }
    }
}
