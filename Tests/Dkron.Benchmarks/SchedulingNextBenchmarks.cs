using BenchmarkDotNet.Attributes;
using Cronos;
using Dkron.Host.Scheduling;

namespace Dkron.Benchmarks;

/// <summary>What finding the next due time costs beside bare Cronos.</summary>
[MemoryDiagnoser]
public class SchedulingNextBenchmarks
{
    private static readonly DateTimeOffset After = new(2026, 3, 1, 12, 34, 56, TimeSpan.Zero);
    private CronExpression _cronos = CronExpression.EverySecond;
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;
    private Schedule? _schedule;

    [Params("*/30 * * * * *", "0 30 4 * * *", "0 0 0 29 2 *")]
    public string Cron { get; set; } = "";

    [Params("UTC", "Europe/Madrid")]
    public string Zone { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        _cronos = CronExpression.Parse(Cron, CronFormat.IncludeSeconds);
        _zone = Zone == "UTC" ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(Zone);
        _schedule = Schedule.TryParse(Cron, Zone, "job", out var schedule, out var error) ? schedule : throw new InvalidOperationException(error);
    }

    [Benchmark(Baseline = true)]
    public DateTimeOffset? BareCronos() => _cronos.GetNextOccurrence(After, _zone);

    [Benchmark]
    public DateTimeOffset? Next() => _schedule!.Next(After, After);
}
