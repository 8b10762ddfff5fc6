namespace Dkron.Host.Scheduling;

/// <summary><c>@every</c>: due at the anchor's second plus whole multiples of the interval.</summary>
/// <remarks>
/// The series has no beginning. A job first seen by a clock that was wrong, far in the future, thus keeps its phase
/// and runs on, where a series that began at the anchor would be silent until then.
/// </remarks>
internal sealed class EveryTimes(TimeSpan interval, ZoneClock clock) : DueTimes
{
    public override bool CountsFromAnchor => true;

    public override DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset anchor)
    {
        var first = anchor.UtcTicks - (anchor.UtcTicks % TimeSpan.TicksPerSecond);
        var since = after.UtcTicks - first;
        var phase = since % interval.Ticks;
        var due = after.UtcTicks - phase + (phase < 0 ? 0 : interval.Ticks);
        return due is >= 0 && due <= DateTime.MaxValue.Ticks ? clock.Show(due) : null;
    }
}
