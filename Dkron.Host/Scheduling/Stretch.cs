namespace Dkron.Host.Scheduling;

/// <summary>A time during which a zone's offset stands still. All members are ticks; local ones are what the zone's clocks show.</summary>
internal sealed class Stretch(int year, int index, long start, long end, long offset, long offsetBefore)
{
    /// <summary>The UTC year that this stretch belongs to; none reaches beyond its year.</summary>
    public int Year => year;

    /// <summary>Its place within the year.</summary>
    public int Index => index;

    public long Start => start;

    /// <summary>The first moment that no longer belongs to it.</summary>
    public long End => end;

    public long Offset => offset;

    public long LocalStart => start + offset;

    public long LocalEnd => end + offset;

    /// <summary>What clocks would show at the start, had they not been set: more than <see cref="LocalStart"/> when they were set back.</summary>
    public long LocalStartBefore => start + offsetBefore;
}
