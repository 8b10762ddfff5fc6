namespace Dkron.Host.Scheduling;

/// <summary>What one field of a cron expression allows.</summary>
/// <param name="Values">Bit n is set when n is allowed; all of them for a field with a special token.</param>
/// <param name="AnyValue">The field holds a bare <c>*</c> or <c>?</c>, so it restricts nothing.</param>
/// <param name="Repeats">The field holds <c>*</c>, <c>?</c>, or a step that is open at its end: it says how often rather than when.</param>
/// <param name="Special">A token with <c>L</c>, <c>W</c> or <c>#</c>, as Cronos writes it; null when there is none.</param>
internal readonly record struct CronFieldValue(ulong Values, bool AnyValue, bool Repeats, string? Special);
