using System.Reflection;
using System.Runtime.InteropServices;
using Dkron.Abstractions;

namespace Dkron.Host.Api;

/// <summary>Which Dkron this is.</summary>
internal sealed record VersionDocument
{
    public required string Version { get; init; }

    /// <summary>The plugin contract that it offers.</summary>
    public required string Contract { get; init; }

    public required string Runtime { get; init; }

    public required string Platform { get; init; }

    public static VersionDocument OfProcess { get; } = new()
    {
        Version = Of(typeof(VersionDocument).Assembly),
        Contract = Of(typeof(IExecutionProcessor).Assembly),
        Runtime = RuntimeInformation.FrameworkDescription,
        Platform = RuntimeInformation.RuntimeIdentifier,
    };

    /// <summary>The version without the commit that the build appends.</summary>
    private static string Of(Assembly assembly) =>
        (assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version?.ToString() ?? "").Split('+')[0];
}
