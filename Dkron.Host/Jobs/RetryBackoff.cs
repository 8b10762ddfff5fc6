using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Dkron.Abstractions;

namespace Dkron.Host.Jobs;

/// <summary>How long a job waits before a further attempt.</summary>
/// <param name="Kind">How the wait grows.</param>
/// <param name="Delay">The first wait.</param>
/// <param name="Max">No wait is longer.</param>
/// <param name="Jitter">By up to this part of itself a wait is shorter, so that what failed together does not come again together; 0 to 1.</param>
internal sealed record RetryBackoff(BackoffKind Kind, TimeSpan Delay, TimeSpan Max, double Jitter)
{
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);
    public static readonly TimeSpan DefaultMax = TimeSpan.FromHours(1);
    public const double DefaultExponentialJitter = 0.2;

    /// <remarks>Source: execution.go of Dkron 4.0.9, which counts in these; an attempt that ran shorter counts as this long, where Dkron does not wait at all.</remarks>
    private static readonly TimeSpan DkronUnit = TimeSpan.FromMilliseconds(500);

    public static RetryBackoff Default { get; } = new(BackoffKind.Dkron, DkronUnit, Longest, 0);

    public static IReadOnlyList<string> Kinds { get; } = ["constant", "linear", "exponential"];

    /// <summary>The short form, which <see cref="TryParse"/> reads; empty for the default.</summary>
    public override string ToString() => Kind == BackoffKind.Dkron ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{Kinds[(int)Kind - 1]} {DurationText.Format(Delay)} max {DurationText.Format(Max)} jitter {Jitter * 100:0.##}%");

    /// <summary>Reads the short form: <c>30s</c>, or <c>exponential 1s max 10m jitter 20%</c> with any of its ends left out.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RetryBackoff? backoff)
    {
        backoff = null;
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words is [var alone])
        {
            words = ["constant", alone];
        }

        if (words.Length is not (2 or 4 or 6) || !TryKind(words[0], out var kind) || !DurationText.TryParse(words[1], out var delay))
        {
            return false;
        }

        TimeSpan? max = null;
        double? jitter = null;
        for (var i = 2; i < words.Length; i += 2)
        {
            if (words[i] == "max" && max is null && DurationText.TryParse(words[i + 1], out var longest))
            {
                max = longest;
            }
            else if (words[i] == "jitter" && jitter is null && TryPart(words[i + 1], out var part))
            {
                jitter = part;
            }
            else
            {
                return false;
            }
        }

        backoff = Of(kind, delay, max, jitter);
        return backoff is not null;
    }

    /// <summary>Null when a value is out of its range.</summary>
    public static RetryBackoff? Of(BackoffKind kind, TimeSpan delay, TimeSpan? max, double? jitter)
    {
        var longest = max ?? (delay > DefaultMax || kind == BackoffKind.Constant ? delay : DefaultMax);
        return delay >= TimeSpan.Zero && longest >= delay && longest <= Longest
            ? new RetryBackoff(kind, delay, longest, jitter ?? (kind == BackoffKind.Exponential ? DefaultExponentialJitter : 0))
            : null;
    }

    public static bool TryKind(string text, out BackoffKind kind) => Enum.TryParse(text, ignoreCase: true, out kind) && Kinds.Contains(text, StringComparer.OrdinalIgnoreCase);

    /// <summary>A part of one: <c>20%</c> or <c>0.2</c>.</summary>
    public static bool TryPart(string text, out double part)
    {
        var isPercent = text.EndsWith('%');
        var isNumber = double.TryParse(isPercent ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out part);
        part = isPercent ? part / 100 : part;
        return isNumber && part is >= 0 and <= 1;
    }

    /// <summary>The wait before an attempt.</summary>
    /// <param name="attempt">The number of the attempt that shall follow, from 2.</param>
    /// <param name="ran">How long the one before it ran.</param>
    /// <param name="seed">Spreads the jitter: the same wait for the same seed.</param>
    public TimeSpan Before(int attempt, TimeSpan ran, ulong seed)
    {
        var factor = Kind switch
        {
            BackoffKind.Dkron => Math.Floor(Math.Log2(Math.Max(1, Math.Floor(ran / DkronUnit))) + attempt),
            BackoffKind.Linear => attempt - 1,
            BackoffKind.Exponential => Math.Pow(2, attempt - 2),
            _ => 1,
        };
        var ticks = Math.Min(factor * Delay.Ticks, Max.Ticks);
        return TimeSpan.FromTicks((long)(ticks * (1 - (Jitter * Spread(seed + (ulong)attempt)))));
    }

    /// <summary>A number from 0 to 1 that looks like chance.</summary>
    /// <remarks>Source: SplitMix64, Steele, Lea and Flood, 2014.</remarks>
    private static double Spread(ulong seed)
    {
        seed = unchecked((seed + 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9);
        seed = unchecked((seed ^ (seed >> 27)) * 0x94d049bb133111eb);
        return (double)((seed ^ (seed >> 31)) >> 11) / (1L << 53);
    }
}
