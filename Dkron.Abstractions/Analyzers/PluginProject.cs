using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Dkron.Abstractions.Analyzers;

/// <summary>What a compilation is that makes a plugin, found once for all rules.</summary>
internal sealed class PluginProject
{
    public const string NamePrefix = "dkron-processor-";
    private const string ContractName = "Dkron.Abstractions";

    // A project with tests may have any number of processors of its own, under any name.
    private static readonly ImmutableHashSet<string> TestFrameworks =
        ImmutableHashSet.Create("xunit.core", "xunit.v3.core", "nunit.framework", "Microsoft.VisualStudio.TestPlatform.TestFramework", "MSTest.TestFramework", "TUnit.Core");

    private static readonly ConditionalWeakTable<Compilation, Box> Known = new();

    private PluginProject(Compilation compilation, INamedTypeSymbol contract, ImmutableArray<INamedTypeSymbol> implementations)
    {
        Compilation = compilation;
        Contract = contract;
        Implementations = implementations;
        Context = compilation.GetTypeByMetadataName($"{ContractName}.ProcessorContext");
        Result = compilation.GetTypeByMetadataName($"{ContractName}.ProcessorResult");
        Option = compilation.GetTypeByMetadataName($"{ContractName}.ProcessorOption");
        CancellationToken = compilation.GetTypeByMetadataName("System.Threading.CancellationToken");
    }

    public Compilation Compilation { get; }

    /// <summary>IExecutionProcessor.</summary>
    public INamedTypeSymbol Contract { get; }

    /// <summary>All classes of this project that implement the contract, abstract and internal ones too.</summary>
    public ImmutableArray<INamedTypeSymbol> Implementations { get; }

    /// <summary>ProcessorContext.</summary>
    public INamedTypeSymbol? Context { get; }

    /// <summary>ProcessorResult.</summary>
    public INamedTypeSymbol? Result { get; }

    /// <summary>ProcessorOption.</summary>
    public INamedTypeSymbol? Option { get; }

    public INamedTypeSymbol? CancellationToken { get; }

    /// <summary>Whether its name says that it is meant to be a plugin, even where the rest of the name is wrong.</summary>
    public bool IsNamedLikePlugin => NamedLikePlugin(Compilation);

    /// <summary>Null when the compilation makes no plugin.</summary>
    public static PluginProject? Of(Compilation compilation) => Known.GetValue(compilation, key => new Box(Find(key))).Project;

    public bool Implements(INamedTypeSymbol? type) => type is not null && Implementations.Contains(type, SymbolEqualityComparer.Default);

    /// <summary>Whether the type, or one that it is made of, comes from this plugin's own folder and so from its load context.</summary>
    public bool IsOwn(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol array => IsOwn(array.ElementType),
        INamedTypeSymbol named => IsOwnAssembly(named.ContainingAssembly) || named.TypeArguments.Any(IsOwn) || (named.IsTupleType && named.TupleElements.Any(element => IsOwn(element.Type))),
        _ => false,
    };

    public bool IsOwnAssembly(IAssemblySymbol? assembly) =>
        assembly is not null
        && (SymbolEqualityComparer.Default.Equals(assembly, Compilation.Assembly) || !IsShared(assembly.Name));

    // The framework's assemblies and the contract come from the host; whatever else is referenced lies in the plugin's folder.
    private static bool IsShared(string name) =>
        name is ContractName or "System" or "mscorlib" or "netstandard"
        || name.StartsWith("System.", StringComparison.Ordinal)
        || name.StartsWith("Microsoft.", StringComparison.Ordinal);

    private static PluginProject? Find(Compilation compilation)
    {
        if (compilation.Options.OutputKind != OutputKind.DynamicallyLinkedLibrary
            || compilation.GetTypeByMetadataName($"{ContractName}.IExecutionProcessor") is not { } contract
            || contract.ContainingAssembly.Name != ContractName
            || SymbolEqualityComparer.Default.Equals(contract.ContainingAssembly, compilation.Assembly)
            || compilation.ReferencedAssemblyNames.Any(reference => TestFrameworks.Contains(reference.Name)))
        {
            return null;
        }

        var implementations = ImmutableArray.CreateBuilder<INamedTypeSymbol>();
        Collect(compilation.Assembly.GlobalNamespace, contract, implementations);
        return implementations.Count > 0 || NamedLikePlugin(compilation) ? new PluginProject(compilation, contract, implementations.ToImmutable()) : null;
    }

    private static bool NamedLikePlugin(Compilation compilation) => compilation.AssemblyName?.StartsWith(NamePrefix, StringComparison.OrdinalIgnoreCase) == true;

    private static void Collect(INamespaceOrTypeSymbol parent, INamedTypeSymbol contract, ImmutableArray<INamedTypeSymbol>.Builder found)
    {
        foreach (var member in parent.GetMembers())
        {
            if (member is not INamespaceOrTypeSymbol child)
            {
                continue;
            }

            if (child is INamedTypeSymbol { TypeKind: TypeKind.Class } type && type.AllInterfaces.Contains(contract, SymbolEqualityComparer.Default))
            {
                found.Add(type);
            }

            Collect(child, contract, found);
        }
    }

    private sealed class Box(PluginProject? project)
    {
        public PluginProject? Project => project;
    }
}
