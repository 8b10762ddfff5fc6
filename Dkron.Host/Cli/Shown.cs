using System.Globalization;
using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>Values as people read them.</summary>
internal static class Shown
{
    public static string Time(DateTimeOffset? time) => time is null || time == DateTimeOffset.MinValue ? "" : UtcTimeConverter.Text(time.Value.AddTicks(-(time.Value.Ticks % TimeSpan.TicksPerMillisecond)));

    /// <summary>A time as a schedule gives it, with its zone's offset.</summary>
    public static string ZonedTime(DateTimeOffset time) => time.Offset == TimeSpan.Zero ? UtcTimeConverter.Text(time) : time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.#}ms"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0}s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes}m{duration.Seconds}s"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Hours}h{duration.Minutes}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalDays}d{duration.Hours}h"),
    };

    public static string Bytes(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes}B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#}KiB"),
        < 1024L * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#}MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024 * 1024):0.#}GiB"),
    };

    /// <summary>A step by its place as people count, from 1.</summary>
    public static string Step(DeadLetterDocument letter) => (letter.Step + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>From start to end; nothing while it runs.</summary>
    public static string Took(ExecutionDocument execution) => execution.FinishedAt == DateTimeOffset.MinValue ? "" : Duration(execution.FinishedAt - execution.StartedAt);

    /// <summary>The exit code, or the signal that ended it.</summary>
    public static string Exit(ExecutionDocument execution) =>
        execution.Signal is { } signal ? string.Create(CultureInfo.InvariantCulture, $"signal:{signal}") : execution.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "";
}
