using Microsoft.CodeAnalysis;

namespace Dkron.Analyzers.Tests;

/// <summary>What a rule has found.</summary>
/// <param name="Id">The rule.</param>
/// <param name="Code">What it points at.</param>
/// <param name="Message">What it says.</param>
internal sealed record Finding(string Id, string Code, string Message)
{
    public static Finding Of(Diagnostic diagnostic) => new(
        diagnostic.Id,
        diagnostic.Location.SourceTree?.GetText().ToString(diagnostic.Location.SourceSpan) ?? "",
        diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
}
