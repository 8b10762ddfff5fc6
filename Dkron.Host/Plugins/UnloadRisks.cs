using System.Reflection.Metadata;

namespace Dkron.Host.Plugins;

/// <summary>Finds in a plugin's metadata what is known to keep a replaced version in memory.</summary>
/// <remarks>The table of what was measured is in README-authors.md of this folder.</remarks>
internal static class UnloadRisks
{
    private static readonly (string Assembly, string Remedy)[] Assemblies =
    [
        ("Microsoft.CSharp", "it uses C# dynamic: use interfaces or dictionaries"),
        ("Newtonsoft.Json", "it uses Newtonsoft.Json: use System.Text.Json with a generated JsonSerializerContext"),
        ("Npgsql", "it uses Npgsql, which goes on in the background: let a command or a service of its own do the work"),
        ("Microsoft.Data.Sqlite", "it uses Microsoft.Data.Sqlite, which registers itself for the end of the process"),
        ("Microsoft.Extensions.Configuration.Binder", "it uses ConfigurationBinder: read options with ProcessorConfig"),
    ];

    // A member of null stands for all of the type.
    private static readonly (string Type, string? Member, string Remedy)[] Members =
    [
        ("System.ComponentModel.TypeDescriptor", null, "it uses TypeDescriptor: convert texts with Parse methods"),
        ("System.ComponentModel.DataAnnotations.Validator", null, "it uses DataAnnotations.Validator: check values in Validate of IDeclareOptions"),
        ("System.AppDomain", "add_ProcessExit", "it listens to AppDomain.ProcessExit: do that work in DisposeAsync"),
        ("System.AppDomain", "add_FirstChanceException", "it listens to AppDomain.FirstChanceException: take the handler off in DisposeAsync"),
        ("System.AppDomain", "add_UnhandledException", "it listens to AppDomain.UnhandledException: take the handler off in DisposeAsync"),
        ("System.AppDomain", "SetData", "it uses AppDomain.SetData: keep the value in a field"),
        ("System.Threading.Tasks.TaskScheduler", "add_UnobservedTaskException", "it listens to TaskScheduler.UnobservedTaskException: take the handler off in DisposeAsync"),
        ("System.Console", "add_CancelKeyPress", "it listens to Console.CancelKeyPress: do that work in DisposeAsync"),
        ("System.Console", "SetOut", "it replaces Console.Out: write to the log it is given"),
        ("System.Text.Encoding", "RegisterProvider", "it uses Encoding.RegisterProvider, which can never be undone: use GetEncoding of the provider itself"),
    ];

    /// <summary>One sentence for each; empty when nothing is known.</summary>
    public static IReadOnlyList<string> Find(AssemblyFile assembly)
    {
        var reader = assembly.Metadata;
        var references = reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name)).ToHashSet(StringComparer.Ordinal);
        var used = reader.MemberReferences.Select(reader.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => (Type: TypeNames.Of(reader, (TypeReferenceHandle)member.Parent), Member: reader.GetString(member.Name), Reference: member))
            .ToList();
        return
        [
            .. Assemblies.Where(risk => references.Contains(risk.Assembly)).Select(risk => risk.Remedy),
            .. Members.Where(risk => used.Exists(use => use.Type == risk.Type && (risk.Member is null || use.Member == risk.Member))).Select(risk => risk.Remedy),
            .. used.Exists(use => use.Type == "System.Text.Json.JsonSerializer" && IsByReflection(use.Member, use.Reference))
                ? (string[])["it uses JsonSerializer by reflection: use a generated JsonSerializerContext"]
                : [],
        ];
    }

    private static bool IsByReflection(string member, MemberReference reference) =>
        (member.StartsWith("Serialize", StringComparison.Ordinal) || member.StartsWith("Deserialize", StringComparison.Ordinal))
        && SignatureText.Of(reference) is var signature
        && !signature.Contains("JsonTypeInfo", StringComparison.Ordinal)
        && !signature.Contains("JsonSerializerContext", StringComparison.Ordinal);
}
