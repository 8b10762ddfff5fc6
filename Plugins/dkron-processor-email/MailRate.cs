using Dkron.Processors.Notices;

namespace Dkron.Processors.Email;

/// <summary>Whether one more mail may go out.</summary>
internal static class MailRate
{
    /// <summary>Takes a place for this mail, or counts it as held back. A repeat keeps the place that it has.</summary>
    public static NoticeState Take(NoticeState state, EmailSettings settings, string invocation, bool countsWhenHeldBack, DateTimeOffset now)
    {
        var recent = state with { Sent = [.. state.Sent.Where(one => now - one.At < settings.RatePeriod)] };
        if (HasPlace(recent, invocation))
        {
            return recent;
        }

        if (settings.RateLimit == 0 || recent.Sent.Count < settings.RateLimit)
        {
            return settings.RateLimit == 0 ? recent : recent with { Sent = [.. recent.Sent, (now, invocation)] };
        }

        return countsWhenHeldBack && recent.LastHeldBack != invocation ? recent with { HeldBack = recent.HeldBack + 1, LastHeldBack = invocation } : recent;
    }

    public static bool HasPlace(NoticeState state, string invocation) => state.Sent.Any(one => one.Invocation == invocation);
}
