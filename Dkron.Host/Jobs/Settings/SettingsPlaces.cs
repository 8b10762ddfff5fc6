using System.Reflection;

namespace Dkron.Host.Jobs.Settings;

/// <summary>Where settings files are looked for, in this order.</summary>
internal sealed record SettingsPlaces
{
    public required string WorkingFolder { get; init; }

    public required string ExecutableFolder { get; init; }

    /// <summary>The project's folder, for what was built and not published; null when there is none.</summary>
    public string? DevelopmentFolder { get; init; }

    /// <summary>Names the second file, <c>appsettings.{Environment}.json</c>.</summary>
    public string EnvironmentName { get; init; } = "Production";

    /// <summary>The places of this process.</summary>
    public static SettingsPlaces OfProcess() => new()
    {
        WorkingFolder = Directory.GetCurrentDirectory(),
        ExecutableFolder = AppContext.BaseDirectory,
        DevelopmentFolder = typeof(SettingsPlaces).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(data => data.Key == "DevelopmentSettingsFolder")?.Value,
        EnvironmentName = Named("DOTNET_ENVIRONMENT") ?? Named("ASPNETCORE_ENVIRONMENT") ?? "Production",
    };

    private static string? Named(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } name ? name : null;
}
