using System.Reflection;
using System.Reflection.Metadata;
using Dkron.Abstractions;

namespace Dkron.Host.Plugins;

/// <summary>Everything in the host's Dkron.Abstractions that a plugin may use, and the check that a plugin uses nothing else.</summary>
internal static class ContractSurface
{
    private static readonly Assembly Contract = typeof(IExecutionProcessor).Assembly;
    // A reading that fails is not kept: too many open files, for instance, are fewer soon.
    private static readonly Lazy<Dictionary<string, HashSet<string>>> Members = new(Read, LazyThreadSafetyMode.PublicationOnly);

    public static string AssemblyName { get; } = Contract.GetName().Name!;

    public static Version AssemblyVersion { get; } = Contract.GetName().Version!;

    /// <summary>The contract's version as its authors speak of it, such as <c>1.1</c>. The assembly's own version stands still within a major one.</summary>
    public static string Version { get; } = new Version(Contract.GetCustomAttribute<AssemblyFileVersionAttribute>()!.Version).ToString(2);

    /// <summary>Reads the contract's file while it is the one that this process runs with: an upgrade of the package replaces it.</summary>
    public static void Prepare()
    {
        try
        {
            _ = Members.Value;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Read again for the first plugin that is checked, which says what is wrong.
        }
    }

    /// <summary>Checks that all that an assembly of a plugin uses of the contract is there.</summary>
    /// <exception cref="PluginRefusedException">It needs another contract.</exception>
    public static void Check(AssemblyFile assembly)
    {
        var reader = assembly.Metadata;
        foreach (var reference in reader.AssemblyReferences.Select(reader.GetAssemblyReference).Where(reference => reader.StringComparer.Equals(reference.Name, AssemblyName)))
        {
            if (reference.Version.Major != AssemblyVersion.Major || reference.Version > AssemblyVersion)
            {
                throw new PluginRefusedException($"{Describe(assembly)} was built for {AssemblyName} {reference.Version}, and this host has {AssemblyVersion}; {Remedy}");
            }
        }

        var missing = MissingTypes(reader).Concat(MissingMembers(reader)).Distinct().ToList();
        if (missing.Count > 0)
        {
            var more = missing.Count > 3 ? $" and {missing.Count - 3} more" : "";
            throw new PluginRefusedException($"{Describe(assembly)} was built for a later contract: it uses {string.Join(", ", missing.Take(3))}{more}, which contract {Version} of this host does not have; {Remedy}");
        }
    }

    private static string Remedy => $"update dkron, or rebuild the plugin against {AssemblyName} {Version}";

    private static string Describe(AssemblyFile assembly) => Path.GetFileName(assembly.Path);

    private static IEnumerable<string> MissingTypes(MetadataReader reader) => reader.TypeReferences
        .Where(handle => TypeNames.AssemblyOf(reader, handle) == AssemblyName)
        .Select(handle => TypeNames.Of(reader, handle))
        .Where(type => !Members.Value.ContainsKey(type))
        .Select(Short);

    private static IEnumerable<string> MissingMembers(MetadataReader reader)
    {
        foreach (var member in reader.MemberReferences.Select(reader.GetMemberReference).Where(member => member.Parent.Kind == HandleKind.TypeReference))
        {
            var type = (TypeReferenceHandle)member.Parent;
            if (TypeNames.AssemblyOf(reader, type) == AssemblyName && Members.Value.TryGetValue(TypeNames.Of(reader, type), out var members))
            {
                var name = reader.GetString(member.Name);
                if (!members.Contains(name + " " + SignatureText.Of(member)) && !IsInherited(TypeNames.Of(reader, type), name))
                {
                    yield return $"{Short(TypeNames.Of(reader, type))}.{Plain(name)}";
                }
            }
        }
    }

    // Members of Object, Exception and other types of the framework are bound by name of the type they were called on.
    private static bool IsInherited(string type, string member) =>
        Contract.GetType(type)?.GetMember(member, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy)
            .Any(found => found.DeclaringType?.Assembly != Contract) == true;

    private static Dictionary<string, HashSet<string>> Read()
    {
        using var assembly = AssemblyFile.Open(Contract.Location);
        var reader = assembly.Metadata;
        return reader.TypeDefinitions
            .Where(handle => (reader.GetTypeDefinition(handle).Attributes & TypeAttributes.VisibilityMask) is TypeAttributes.Public or TypeAttributes.NestedPublic)
            .ToDictionary(handle => TypeNames.Of(reader, handle), handle => MembersOf(reader, reader.GetTypeDefinition(handle)), StringComparer.Ordinal);
    }

    private static HashSet<string> MembersOf(MetadataReader reader, TypeDefinition type) =>
    [
        .. type.GetMethods().Select(reader.GetMethodDefinition)
            .Where(method => (method.Attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem)
            .Select(method => $"{reader.GetString(method.Name)} {SignatureText.Of(method)}"),
        .. type.GetFields().Select(reader.GetFieldDefinition)
            .Where(field => (field.Attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem)
            .Select(field => $"{reader.GetString(field.Name)} {SignatureText.Of(field)}"),
    ];

    private static string Short(string type) => type[(type.LastIndexOf('.') + 1)..];

    private static string Plain(string member) =>
        member is ".ctor" ? "constructor" : member.StartsWith("get_", StringComparison.Ordinal) || member.StartsWith("set_", StringComparison.Ordinal) ? member[4..] : member;
}
