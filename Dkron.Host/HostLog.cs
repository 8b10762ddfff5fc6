using System.Globalization;
using Microsoft.Extensions.Configuration;
using Serilog;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Filters;

namespace Dkron.Host;

/// <summary>The host's own log: to stderr, since stdout belongs to the processor <c>log</c>; levels and further sinks as the section <c>Serilog</c> says.</summary>
internal static class HostLog
{
    private const int HostedServiceStartupFaulted = 11;   // Microsoft.Extensions.Hosting.Internal.LoggerEventIds
    private static readonly Func<LogEvent, bool> IsOfHost = Matching.FromSource("Microsoft.Extensions.Hosting.Internal.Host");
    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} [{Level:u3}] {Message:lj}{NewLine}{Exception}";

    /// <summary>What is wrong with the section; one sentence each.</summary>
    public static IReadOnlyList<string> Problems(IConfiguration configuration)
    {
        // Serilog says of a sink that it does not know only here.
        var problems = new List<string>();
        SelfLog.Enable(problems.Add);
        try
        {
            Create(configuration).Dispose();
        }
#pragma warning disable CA1031 // The section names assemblies and methods of others, which may throw anything.
        catch (Exception e)
        {
            problems.Add(e.Message);
        }
#pragma warning restore CA1031
        finally
        {
            SelfLog.Disable();
        }

        return problems;
    }

    public static Logger Create(IConfiguration configuration)
    {
        var log = new LoggerConfiguration()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .Filter.ByExcluding(IsEndWhileStarting)
            .ReadFrom.Configuration(configuration);
        if (!configuration.GetSection("Serilog:WriteTo").GetChildren().Any())
        {
            log.WriteTo.Console(outputTemplate: Template, standardErrorFromLevel: LogEventLevel.Verbose, formatProvider: CultureInfo.InvariantCulture);
        }

        return log.CreateLogger();
    }

    /// <summary>The host calls it an error that it was told to end while it started. What ends a start of itself is told by who starts the host.</summary>
    private static bool IsEndWhileStarting(LogEvent entry) =>
        entry.Exception is OperationCanceledException
        && IsOfHost(entry)
        && entry.Properties.GetValueOrDefault("EventId") is StructureValue id
        && id.Properties.Any(part => part is { Name: "Id", Value: ScalarValue { Value: HostedServiceStartupFaulted } });
}
