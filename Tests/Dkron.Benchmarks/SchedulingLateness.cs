using System.Globalization;

namespace Dkron.Benchmarks;

/// <summary>How late each of a number of firings came. Thread-safe.</summary>
internal sealed class SchedulingLateness(int count)
{
    private readonly double[] _milliseconds = new double[count];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _added;

    /// <summary>Ends when all have come.</summary>
    public Task Done => _done.Task;

    public int Added => Math.Min(Volatile.Read(ref _added), count);

    public void Add(DateTimeOffset dueAt)
    {
        var place = Interlocked.Increment(ref _added) - 1;
        if (place < count)
        {
            _milliseconds[place] = (TimeProvider.System.GetUtcNow() - dueAt).TotalMilliseconds;
        }

        if (place == count - 1)
        {
            _done.TrySetResult();
        }
    }

    /// <summary>In milliseconds; infinite when not all came.</summary>
    public double Percentile(int percent) =>
        Added < count ? double.PositiveInfinity : _milliseconds.Order().ElementAt(Math.Min(count - 1, count * percent / 100));

    public string Text(int percent) => double.IsInfinity(Percentile(percent)) ? "not all came" : Percentile(percent).ToString("F1", CultureInfo.InvariantCulture);
}
