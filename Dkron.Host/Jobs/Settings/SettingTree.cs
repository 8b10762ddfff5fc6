using Dkron.Host.Jobs.Problems;

namespace Dkron.Host.Jobs.Settings;

/// <summary>All layers laid over each other: the settings that hold, in their declared order.</summary>
internal sealed class SettingTree
{
    private SettingTree(SettingObject root, IReadOnlyList<(string Place, SettingNode Node)> nameless)
    {
        Root = root;
        Nameless = nameless;
    }

    public SettingObject Root { get; }

    /// <summary>Jobs that have no name, each with its place.</summary>
    public IReadOnlyList<(string Place, SettingNode Node)> Nameless { get; }

    public static SettingTree Build(SettingsContent content, IEnumerable<SettingOverride> overrides, ProblemList problems)
    {
        var root = new SettingObject(SettingShape.Root);
        var jobs = new JobLayer(problems);
        foreach (var file in content.Files.Where(file => !file.Absent || file.Error is not null))
        {
            if (file.Error is not null)
            {
                problems.Add(new Problem { Source = file.Path, Message = file.Error });
            }
            else if (SettingParser.Parse(file.Bytes.Span, new SettingOrigin(file.Path, Path.GetDirectoryName(file.Path) ?? "/"), problems) is { } layer)
            {
                if (layer.Members["Jobs"] is { } declared)
                {
                    layer.Members.Set("Jobs", jobs.ByName(declared));
                }

                Overlay(root, layer.Members);
            }
        }

        foreach (var change in overrides)
        {
            SettingPatch.Apply(root, change, problems);
        }

        return new SettingTree(root, jobs.Nameless);
    }

    /// <summary>Objects merge key by key; everything else replaces what was there.</summary>
    private static void Overlay(SettingObject lower, SettingObject upper)
    {
        foreach (var (key, node) in upper)
        {
            if (node.Kind == SettingKind.Object && lower[key] is { Kind: SettingKind.Object } below)
            {
                Overlay(below.Members, node.Members);
            }
            else if (node.Kind != SettingKind.Null || lower.Shape != SettingShape.Root)
            {
                lower.Set(key, node);
            }
        }
    }
}
