using System.Reflection;

namespace Dkron.Abstractions.Analyzers;

/// <summary>Where a rule's page is, with the wrong and the right way.</summary>
internal static class RulePage
{
    private static readonly string Root = typeof(RulePage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == "RulePagesUrl").Value!;

    public static string Of(string id) => $"{Root}{id}.md";
}
