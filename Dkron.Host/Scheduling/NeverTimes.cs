namespace Dkron.Host.Scheduling;

/// <summary><c>@manually</c>: never due by itself.</summary>
internal sealed class NeverTimes : DueTimes
{
    public override DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset anchor) => null;
}
