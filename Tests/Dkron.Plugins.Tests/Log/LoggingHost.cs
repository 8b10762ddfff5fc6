using System.Globalization;
using Dkron.Abstractions;

namespace Dkron.Plugins.Tests.Log;

/// <summary>A process in which two generations of <c>log</c> and the host's own log write at the same time.</summary>
internal static class LoggingHost
{
    public const string Verb = "--as-logging-host";
    public const string HostLine = "[12:00:00 INF] a line of the host's own log";

    /// <summary>Writes <c>count</c> executions of <c>lines</c> lines, every third failed; ends with 0 when all were delivered, else prints why not to the file REPORT.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var (count, lines, format, report) = (Number(args[0]), Number(args[1]), args[2], args[3]);
        IExecutionProcessor[] generations = [PluginContext.Create(new PluginContext("one"), "log"), PluginContext.Create(new PluginContext("two"), "log")];
        var calls = Enumerable.Range(0, count).Select(i => Task.Run(async () =>
        {
            await Console.Error.WriteLineAsync(HostLine);
            var output = string.Concat(Enumerable.Range(0, lines).Select(line => $"execution {i} line {line} {new string('x', i % 90)}\n"));
            var context = Some.Context(output, execution: Some.Id(i), exitCode: i % 3 == 0 ? 7 : 0, config: ("format", format));
            return await generations[i % 2].ProcessAsync(context, CancellationToken.None);
        }));
        var results = await Task.WhenAll(calls);
        await File.WriteAllLinesAsync(report, results.Where(r => r.Kind is ProcessorResultKind.Fail).Select(r => r.Reason));
        return results.All(r => r.Kind is ProcessorResultKind.Output) ? 0 : 3;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
