using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Records;

namespace Dkron.Host.Api;

/// <summary>Which executions are asked for, and how much of their outputs.</summary>
internal sealed record ExecutionsRequest
{
    /// <summary>The most executions of one page.</summary>
    public const int MaxLimit = 1000;

    /// <summary>How many bytes of output an entry of a list carries unless asked otherwise.</summary>
    public const long DefaultOutputOfMany = 4 * 1024;

    /// <summary>How many bytes of output the document of one execution carries; the rest can be read as bytes.</summary>
    public const long DefaultOutputOfOne = 4 * 1024 * 1024;

    public ExecutionQuery Query { get; init; } = new();

    /// <summary>In bytes, of which the last are taken; negative for all. The name is Dkron's.</summary>
    public long OutputSizeLimit { get; init; } = DefaultOutputOfMany;

    /// <summary>Reads the query of a request. What it does not know it passes over, as Dkron's own page sends more.</summary>
    /// <exception cref="ControlException">A value cannot be read.</exception>
    public static ExecutionsRequest Parse(Func<string, string?> value, DateTimeOffset now) => new()
    {
        Query = new ExecutionQuery
        {
            JobName = value("job"),
            Status = Status(value("status")),
            Attempt = value("attempt") is { } attempt ? (int)Number("attempt", attempt, 1, int.MaxValue, 1) : null,
            Since = Moment("since", value("since"), now),
            Until = Moment("until", value("until"), now),
            Text = value("grep"),
            OlderThanId = value("older_than"),
            Limit = (int)Number("limit", value("limit"), 1, MaxLimit, 100),
        },
        OutputSizeLimit = Number("output_size_limit", value("output_size_limit"), -1, int.MaxValue, DefaultOutputOfMany),
    };

    /// <summary>The query that <see cref="Parse"/> reads.</summary>
    public string ToQueryString()
    {
        (string Key, string? Value)[] all =
        [
            ("job", Query.JobName),
            ("status", Query.Status is { } status ? Words.Of(status) : null),
            ("attempt", Query.Attempt?.ToString(CultureInfo.InvariantCulture)),
            ("since", Query.Since is { } since ? UtcTimeConverter.Text(since) : null),
            ("until", Query.Until is { } until ? UtcTimeConverter.Text(until) : null),
            ("grep", Query.Text),
            ("older_than", Query.OlderThanId),
            ("limit", Query.Limit.ToString(CultureInfo.InvariantCulture)),
            ("output_size_limit", OutputSizeLimit.ToString(CultureInfo.InvariantCulture)),
        ];
        return "?" + string.Join('&', all.Where(one => one.Value is not null).Select(one => $"{one.Key}={Uri.EscapeDataString(one.Value!)}"));
    }

    private static ExecutionStatus? Status(string? text) =>
        text is null ? null
        : Words.TryParse<ExecutionStatus>(text, out var status) ? status
        : throw new ControlException(ControlError.Invalid, $"status: '{text}' is not a status; expected one of {Words.All<ExecutionStatus>()}");

    private static DateTimeOffset? Moment(string key, string? text, DateTimeOffset now) =>
        text is null ? null
        : MomentText.TryParse(text, now, out var moment) ? moment
        : throw new ControlException(ControlError.Invalid, $"{key}: '{text}' {MomentText.Expected}");

    private static long Number(string key, string? text, long least, long most, long otherwise) =>
        text is null ? otherwise
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw new ControlException(ControlError.Invalid, string.Create(CultureInfo.InvariantCulture, $"{key}: '{text}' is not a whole number from {least} to {most}"));
}
