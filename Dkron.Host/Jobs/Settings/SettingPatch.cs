using System.Globalization;
using Dkron.Host.Jobs.Problems;

namespace Dkron.Host.Jobs.Settings;

/// <summary>Lays a single value over the settings. What is declared keeps its place; what is new goes last.</summary>
internal static class SettingPatch
{
    public static void Apply(SettingObject root, SettingOverride change, ProblemList problems) => Members(root, 0, change, problems);

    private static void Members(SettingObject members, int depth, SettingOverride change, ProblemList problems)
    {
        var key = change.Path[depth];
        if (depth == change.Path.Count - 1)
        {
            members.Set(key, SettingNode.Scalar(SettingKind.Text, change.Text, change.Origin, 0));
            return;
        }

        var below = members[key];
        if (below?.Kind == SettingKind.Array)
        {
            Items(below.Items, members.Shape.Of(key), depth + 1, change, problems);
            return;
        }

        if (below is { IsScalar: true })
        {
            var place = string.Join(':', change.Path.Take(depth + 1));
            problems.Add(below, null, place, $"is a single value, but {change.Origin.Name} sets something within it");
        }

        if (below?.Kind != SettingKind.Object)
        {
            below = SettingNode.Object(new SettingObject(members.Shape.Of(key)), change.Origin, 0);
            members.Set(key, below);
        }

        Members(below.Members, depth + 1, change, problems);
    }

    /// <summary>An item is addressed by its <c>name</c>, and then all of that name are meant, or else by its index.</summary>
    private static void Items(List<SettingNode> items, SettingShape shape, int depth, SettingOverride change, ProblemList problems)
    {
        var key = change.Path[depth];
        var isLast = depth == change.Path.Count - 1;
        var named = items.Where(item => item.Kind == SettingKind.Object && item.Members["name"] is { IsScalar: true } name && name.Text == key).ToList();
        if (named.Count > 0 && !isLast)
        {
            named.ForEach(item => Members(item.Members, depth + 1, change, problems));
        }
        else if (int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= items.Count)
        {
            AtIndex(items, shape, index, depth, change, problems);
        }
        else if (shape == SettingShape.Processors && !isLast)
        {
            var added = new SettingObject(shape.Items);
            added.Set("name", SettingNode.Scalar(SettingKind.Text, key, change.Origin, 0));
            items.Add(SettingNode.Object(added, change.Origin, 0));
            Members(added, depth + 1, change, problems);
        }
        else
        {
            problems.Add(new Problem { Source = change.Origin.Name, Key = string.Join(':', change.Path), Message = $"addresses no item of an array; expected an index from 0 to {items.Count}, or an item's name" });
        }
    }

    private static void AtIndex(List<SettingNode> items, SettingShape shape, int index, int depth, SettingOverride change, ProblemList problems)
    {
        if (index == items.Count)
        {
            items.Add(SettingNode.Null(change.Origin, 0));
        }

        if (depth == change.Path.Count - 1)
        {
            items[index] = SettingNode.Scalar(SettingKind.Text, change.Text, change.Origin, 0);
            return;
        }

        if (items[index].Kind != SettingKind.Object)
        {
            items[index] = SettingNode.Object(new SettingObject(shape.Items), change.Origin, 0);
        }

        Members(items[index].Members, depth + 1, change, problems);
    }
}
