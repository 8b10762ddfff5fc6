namespace Dkron.Host.Scheduling;

/// <summary>The due times of one kind of schedule. Immutable.</summary>
internal abstract class DueTimes
{
    /// <summary>True when the due times depend on the anchor.</summary>
    public virtual bool CountsFromAnchor => false;

    /// <summary>False when hardly any two jobs have the same.</summary>
    public virtual bool Shareable => true;

    /// <summary>The first due time later than <paramref name="after"/>; null when there is none.</summary>
    public abstract DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset anchor);
}
