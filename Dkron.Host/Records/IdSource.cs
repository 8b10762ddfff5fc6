namespace Dkron.Host.Records;

/// <summary>Makes ids that rise strictly, also when the clock goes back.</summary>
/// <remarks><paramref name="last"/>: the highest key that was ever used here.</remarks>
internal sealed class IdSource(string node, long last, TimeProvider time)
{
    private long _last = last;

    public string Next()
    {
        var now = UnixNanoseconds.From(time.GetUtcNow());
        while (true)
        {
            var seen = Volatile.Read(ref _last);
            var next = Math.Max(now, seen + 1);
            if (Interlocked.CompareExchange(ref _last, next, seen) == seen)
            {
                return ExecutionId.Format(next, node);
            }
        }
    }
}
