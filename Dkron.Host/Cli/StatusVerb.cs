using System.CommandLine;
using System.Globalization;
using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>Tells how the node is.</summary>
internal sealed class StatusVerb(CliParts parts, CommonOptions common) : IVerb
{
    public Command Command { get; } = new("status", "Tell how the node is, also when no agent runs.") { common.Json };

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var lease = await new Connection(parts).OpenAsync(common.Settings(arguments), cancellationToken);
        var status = await lease.Control.StatusAsync(cancellationToken);
        if (common.IsJson(arguments))
        {
            parts.Screen.WriteJson(status, ApiJson.Shape.StatusDocument);
            return ExitCode.Done;
        }

        foreach (var (key, value) in Lines(status))
        {
            parts.Screen.WriteLine($"{key,-14}  {value}");
        }

        return ExitCode.Done;
    }

    private static IEnumerable<(string Key, string Value)> Lines(StatusDocument status)
    {
        yield return ("agent", status.Running
            ? string.Create(CultureInfo.InvariantCulture, $"running, process {status.Pid}, since {Shown.Time(status.StartedAt)} ({Shown.Duration(TimeSpan.FromSeconds(status.UptimeSeconds ?? 0))})")
            : "not running; start it with dkron agent");
        yield return ("version", status.Version);
        yield return ("node", status.NodeName);
        yield return ("jobs", string.Create(CultureInfo.InvariantCulture, $"{status.Jobs}, {status.RunningExecutions} running"));
        yield return ("plugins", string.Create(CultureInfo.InvariantCulture, $"{status.Plugins} usable, {status.UnavailablePlugins} not"));
        yield return ("data directory", status.DataDirectory);
        yield return ("socket", status.Socket);
        yield return ("settings", status.SettingsFiles.Count == 0 ? "no file" : string.Join(", ", status.SettingsFiles));
        foreach (var problem in status.SettingsProblems)
        {
            yield return ("", problem);
        }

        var processing = status.Processing;
        yield return ("processing", string.Create(CultureInfo.InvariantCulture, $"{processing.Unfinished} results not finished, {processing.WaitingSteps} steps wait for another try, {processing.DeadLetters} given up"));
        if (processing.FullSince is { } since)
        {
            yield return ("", string.Create(CultureInfo.InvariantCulture, $"processors are slower than results come: {processing.InHand} of {processing.MaxInHand} are in hand, and since {Shown.Time(since)} further ones wait on disk"));
        }

        yield return ("records", $"{status.Records.Path}, {Shown.Bytes(status.Records.SizeBytes)}, {status.Records.Error ?? (status.Records.Healthy ? "healthy" : "not healthy")}");
    }
}
