using System.Globalization;
using Dkron.Abstractions;

namespace Dkron.Processors.Notices;

/// <summary>What templates may tell of an execution, by name.</summary>
internal sealed class NoticeFields
{
    private const string TagPrefix = "tag.";
    private const string MetadataPrefix = "metadata.";

    private static readonly (string Name, Func<NoticeFields, NoticeValue> Read)[] All =
    [
        ("headline", f => new(f.Headline())),
        ("event", f => new(f._event.ToString().ToLowerInvariant())),
        ("job", f => new(f._context.Job.Name)),
        ("display_name", f => new(f._context.Job.DisplayName)),
        ("owner", f => new(f._context.Job.Owner)),
        ("schedule", f => new(f._context.Job.Schedule)),
        ("status", f => new(Word(f.Execution.Status))),
        ("previous_status", f => Or(f.Execution.PreviousStatus is { } status ? Word(status) : null)),
        ("success", f => new(f.Execution.Success ? "true" : "false", f.Execution.Success ? "true" : "false")),
        ("exit_code", f => Number(f.Execution.ExitCode)),
        ("signal", f => Number(f.Execution.Signal)),
        ("error", f => Or(f.Execution.Error)),
        ("trigger", f => new(f.Execution.Trigger.ToString().ToLowerInvariant())),
        ("node", f => new(f.Execution.NodeName)),
        ("execution", f => new(f.Execution.Id)),
        ("attempt", f => Number(f.Execution.Attempt)),
        ("scheduled", f => Time(f.Execution.ScheduledAt)),
        ("started", f => Time(f.Execution.StartedAt)),
        ("finished", f => Time(f.Execution.FinishedAt)),
        ("duration", f => new(Words(f.Duration))),
        ("duration_seconds", f => Number((decimal)Math.Round(f.Duration.TotalSeconds, 3))),
        ("invocation", f => new(f._context.InvocationId)),
        ("output", f => new(f._output.Text)),
        ("output_bytes", f => Number(f._context.Output.Length)),
        ("output_left_out", f => Number(f._output.LeftOut)),
    ];

    private readonly ProcessorContext _context;
    private readonly NoticeEvent _event;
    private readonly OutputTail _output;

    public NoticeFields(ProcessorContext context, NoticeEvent what, OutputTail output)
    {
        _context = context;
        _event = what;
        _output = output;
    }

    public static string Known { get; } = string.Join(", ", All.Select(field => field.Name).Append(TagPrefix + "NAME").Append(MetadataPrefix + "NAME"));

    private ExecutionInfo Execution => _context.Execution;

    private TimeSpan Duration => Execution.FinishedAt - Execution.StartedAt;

    public NoticeValue this[string name]
    {
        get
        {
            if (TryMap(name, TagPrefix, _context.Job.Tags, out var value) || TryMap(name, MetadataPrefix, _context.Job.Metadata, out value))
            {
                return value;
            }

            return Array.Find(All, field => field.Name == name).Read(this);
        }
    }

    public static bool IsKnown(string name) =>
        (name.StartsWith(TagPrefix, StringComparison.Ordinal) && name.Length > TagPrefix.Length)
        || (name.StartsWith(MetadataPrefix, StringComparison.Ordinal) && name.Length > MetadataPrefix.Length)
        || Array.Exists(All, field => field.Name == name);

    public static string Word(ExecutionStatus status) => status is ExecutionStatus.TimedOut ? "timed_out" : status.ToString().ToLowerInvariant();

    private static bool TryMap(string name, string prefix, IReadOnlyDictionary<string, string> map, out NoticeValue value)
    {
        var matches = name.StartsWith(prefix, StringComparison.Ordinal);
        value = Or(matches ? map.GetValueOrDefault(name[prefix.Length..]) : null);
        return matches;
    }

    private static NoticeValue Or(string? text) => text is null ? new("", "null") : new(text);

    private static NoticeValue Number(IFormattable? number) =>
        number?.ToString(null, CultureInfo.InvariantCulture) is { } text ? new(text, text) : new("", "null");

    private static NoticeValue Time(DateTimeOffset time) => new(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));

    private static string Words(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours} h {time.Minutes} min"),
    };

    private string Headline()
    {
        var why = Execution.Error is { Length: > 0 } error ? $": {error}" : "";
        return _context.Job.DisplayName + _event switch
        {
            NoticeEvent.Success => " succeeded",
            NoticeEvent.Recovery => " works again",
            NoticeEvent.Failure => " failed" + why,
            NoticeEvent.Attempt => " failed and is tried again" + why,
            _ => " was not run" + why,
        };
    }
}
