using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>An execution in a few lines for people.</summary>
internal static class ExecutionSummary
{
    /// <summary>What is known from its start.</summary>
    public static void WriteHead(ExecutionDocument execution, Action<string> line)
    {
        Line(line, "execution", execution.Id);
        Line(line, "job", execution.JobName);
        Line(line, "started", string.Create(CultureInfo.InvariantCulture, $"{Shown.Time(execution.StartedAt)} on {execution.NodeName}, {Words.Of(execution.Trigger)}, attempt {execution.Attempt}"));
    }

    /// <summary>What is known from its end.</summary>
    public static void WriteResult(ExecutionDocument execution, Action<string> line)
    {
        var took = Shown.Took(execution) is { Length: > 0 } time ? $" after {time}" : "";
        var exit = execution.ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $", exit code {code}")
            : execution.Signal is { } signal ? string.Create(CultureInfo.InvariantCulture, $", signal {signal}") : "";
        var processing = execution.Processed || execution.Status == ExecutionStatus.Running ? "" : ", processors not finished";
        Line(line, "status", $"{Words.Of(execution.Status)}{took}{exit}{processing}");
        if (execution.Error is { } error)
        {
            Line(line, "error", error);
        }

        if (execution.OutputTruncated)
        {
            Line(line, "output", string.Create(CultureInfo.InvariantCulture, $"{execution.OutputOmittedBytes} bytes left out"));
        }
    }

    private static void Line(Action<string> line, string key, string value) => line($"{key,-9}  {value}");
}
