namespace Dkron.Abstractions.Analyzers.Unloading;

/// <summary>What hands a plugin's types or objects to something that never lets go of them, and what to use instead.</summary>
/// <remarks>The same facts and words as UnloadRisks in the host, which finds them in a built plugin; a test compares the two.</remarks>
internal static class HoldingApis
{
    /// <summary>What is said of C# dynamic.</summary>
    public const string Dynamic = "it uses C# dynamic: use interfaces or dictionaries";

    private const string Binder = "it uses ConfigurationBinder: read options with ProcessorConfig";

    /// <summary>Libraries of which every use counts, by their assemblies' names.</summary>
    public static readonly IReadOnlyDictionary<string, string> Assemblies = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Newtonsoft.Json"] = "it uses Newtonsoft.Json: use System.Text.Json with a generated JsonSerializerContext",
        ["Npgsql"] = "it uses Npgsql, which goes on in the background: let a command or a service of its own do the work",
        ["Microsoft.Data.Sqlite"] = "it uses Microsoft.Data.Sqlite, which registers itself for the end of the process",
        ["Microsoft.Extensions.Configuration.Binder"] = Binder,
    };

    /// <summary>Types and members; a member of null stands for all of the type.</summary>
    public static readonly IReadOnlyList<(string Type, string? Member, string Remedy)> Members =
    [
        ("System.ComponentModel.TypeDescriptor", null, "it uses TypeDescriptor: convert texts with Parse methods"),
        ("System.ComponentModel.DataAnnotations.Validator", null, "it uses DataAnnotations.Validator: check values in Validate of IDeclareOptions"),
        ("Microsoft.Extensions.DependencyInjection.OptionsConfigurationServiceCollectionExtensions", null, Binder),
        ("Microsoft.Extensions.DependencyInjection.OptionsBuilderConfigurationExtensions", null, Binder),
        ("Microsoft.Extensions.DependencyInjection.OptionsBuilderDataAnnotationsExtensions", null, "it uses DataAnnotations.Validator: check values in Validate of IDeclareOptions"),
        ("System.AppDomain", "SetData", "it uses AppDomain.SetData: keep the value in a field"),
        ("System.AppContext", "SetData", "it uses AppContext.SetData: keep the value in a field"),
        ("System.Console", "SetOut", "it replaces Console.Out: write to the log it is given"),
        ("System.Console", "SetError", "it replaces Console.Error: write to the log it is given"),
        ("System.Text.Encoding", "RegisterProvider", "it uses Encoding.RegisterProvider, which can never be undone: use GetEncoding of the provider itself"),
    ];
}
