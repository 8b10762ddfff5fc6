namespace Dkron.Host.Scheduling;

/// <summary><c>@at</c>: due once.</summary>
internal sealed class AtTimes(DateTimeOffset at) : DueTimes
{
    public override bool Shareable => false;

    public override DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset anchor) => at > after ? at : null;
}
