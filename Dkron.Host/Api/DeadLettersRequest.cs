using System.Globalization;

namespace Dkron.Host.Api;

/// <summary>Which dead letters are asked for.</summary>
internal sealed record DeadLettersRequest
{
    public const int MaxLimit = 1000;

    public string? JobName { get; init; }

    /// <summary>Only those that were given up before it.</summary>
    public DateTimeOffset? Before { get; init; }

    public int Limit { get; init; } = 100;

    /// <exception cref="ControlException">A value cannot be read.</exception>
    public static DeadLettersRequest Parse(Func<string, string?> value, DateTimeOffset now) => new()
    {
        JobName = value("job"),
        Before = value("before") is not { } text ? null
            : MomentText.TryParse(text, now, out var before) ? before
            : throw new ControlException(ControlError.Invalid, $"before: '{text}' {MomentText.Expected}"),
        Limit = value("limit") is not { } limit ? 100
            : int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MaxLimit ? number
            : throw new ControlException(ControlError.Invalid, string.Create(CultureInfo.InvariantCulture, $"limit: '{limit}' is not a whole number from 1 to {MaxLimit}")),
    };

    public string ToQueryString()
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"?limit={Limit}");
        query += JobName is { } job ? $"&job={Uri.EscapeDataString(job)}" : "";
        return query + (Before is { } before ? $"&before={Uri.EscapeDataString(UtcTimeConverter.Text(before))}" : "");
    }
}
