using Dkron.Abstractions;

namespace Dkron.Host.Plugins;

/// <summary>One kind of plugin. All that discovery, snapshots, checks and loading know of a kind is written here.</summary>
/// <param name="Name">TYPE in <c>dkron-TYPE-NAME</c>.</param>
/// <param name="Contract">The interface of which a plugin of this kind has exactly one public implementation.</param>
internal sealed record PluginType(string Name, Type Contract)
{
    public static readonly PluginType Processor = new("processor", typeof(IExecutionProcessor));

    private static readonly PluginType[] Supported = [Processor];

    public static IReadOnlyList<PluginType> All => Supported;

    /// <summary>The kind of that name; null when this host knows none.</summary>
    public static PluginType? Find(string name) => Array.Find(Supported, type => type.Name == name);
}
