using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Dkron.Host.Jobs.Problems;

namespace Dkron.Host.Jobs.Settings;

/// <summary>Checks the host's own settings against the options they become, and brings values into the form that the binder reads.</summary>
internal sealed class OptionsCheck(IReadOnlyList<OptionsSection> sections, ProblemList problems)
{
    public void Check(SettingObject root)
    {
        if (root[DkronOptions.Section] is { } node)
        {
            Section(root, DkronOptions.Section, node);
        }
    }

    private void Section(SettingObject holder, string path, SettingNode node)
    {
        var section = sections.FirstOrDefault(one => one.Path.Equals(path, StringComparison.OrdinalIgnoreCase));
        Object(holder, path, node, section?.Type, section?.Folders ?? []);
    }

    private void Object(SettingObject holder, string path, SettingNode node, Type? type, IReadOnlyList<string> folders)
    {
        if (node.Kind == SettingKind.Null)
        {
            return;
        }

        if (node.Kind != SettingKind.Object)
        {
            problems.Add(node, null, path, "is not an object; expected settings between { and }");
            return;
        }

        var properties = type?.GetProperties(BindingFlags.Public | BindingFlags.Instance).ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase) ?? [];
        foreach (var (key, child) in node.Members.ToList())
        {
            var below = $"{path}:{key}";
            if (properties.TryGetValue(key, out var property))
            {
                Property(node.Members, below, child, property, folders.Contains(property.Name, StringComparer.Ordinal));
            }
            else if (sections.Any(one => one.Path.Equals(below, StringComparison.OrdinalIgnoreCase) || one.Path.StartsWith(below + ":", StringComparison.OrdinalIgnoreCase)))
            {
                Section(node.Members, below, child);
            }
            else
            {
                var known = properties.Values.Select(one => one.Name).Concat(ChildrenOf(path));
                problems.Add(child, null, below, "is not a setting of the host", suggestion: problems.Near.Find(key, known));
            }
        }
    }

    private void Property(SettingObject holder, string path, SettingNode node, PropertyInfo property, bool isFolder)
    {
        var key = property.Name;
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (node.Kind == SettingKind.Null)
        {
            return;
        }

        if (OptionsValue.IsScalar(type))
        {
            Scalar(holder, key, path, node, type, property.GetCustomAttribute<RangeAttribute>(), isFolder);
        }
        else if (node.Kind == SettingKind.Object && OptionsValue.IsMap(type) && type.GetGenericArguments() is [_, var held] && !OptionsValue.IsScalar(held))
        {
            foreach (var (name, child) in node.Members.ToList())
            {
                Object(node.Members, $"{path}:{name}", child, held, []);
            }
        }
        else if (OptionsValue.IsMap(type))
        {
            Children(path, node, node.Kind == SettingKind.Object ? node.Members.Select(member => (member.Key, member.Value)) : null, "an object of names and texts");
        }
        else if (OptionsValue.IsList(type))
        {
            List(holder, key, path, node, isFolder);
        }
        else
        {
            Object(holder, path, node, type, []);
        }
    }

    private void Scalar(SettingObject holder, string key, string path, SettingNode node, Type type, RangeAttribute? range, bool isFolder)
    {
        if (isFolder && node is { IsScalar: true } && !OptionsValue.IsPath(node.Text))
        {
            problems.Add(node, null, path, "is not a path", node.Text);
        }
        else if (!node.IsScalar || !OptionsValue.TryRead(type, key, node.Text, out var value))
        {
            problems.Add(node, null, path, $"is not {OptionsValue.Expected(type, key)}", node.IsScalar ? node.Text : null);
        }
        else if (range is not null && !range.IsValid(value))
        {
            problems.Add(node, null, path, $"is out of range; expected {OptionsValue.Expected(type, key)} from {OptionsValue.Limit(range.Minimum)} to {OptionsValue.Limit(range.Maximum)}", node.Text);
        }
        else
        {
            var text = isFolder ? Path.GetFullPath(node.Text, node.Origin.Folder) : OptionsValue.ForBinder(value);
            holder.Set(key, SettingNode.Scalar(SettingKind.Text, text, node.Origin, node.Line));
        }
    }

    private void List(SettingObject holder, string key, string path, SettingNode node, bool isFolder)
    {
        // An environment variable that addresses an item makes an object with the index as its key where no file has the array.
        var items = node.Kind switch
        {
            SettingKind.Array => node.Items,
            SettingKind.Object => [.. node.Members.Select(member => member.Value)],
            _ => null,
        };
        Children(path, node, items?.Select((item, i) => ($"{i}", item)), "an array of texts");
        if (items is not null && isFolder)
        {
            foreach (var item in items.Where(item => item.IsScalar && !OptionsValue.IsPath(item.Text)))
            {
                problems.Add(item, null, path, "is not a path", item.Text);
            }

            holder.Set(key, SettingNode.Array(
                [.. items.Select(item => item.IsScalar && OptionsValue.IsPath(item.Text) ? SettingNode.Scalar(SettingKind.Text, Path.GetFullPath(item.Text, item.Origin.Folder), item.Origin, item.Line) : item)],
                node.Origin,
                node.Line));
        }
    }

    private void Children(string path, SettingNode node, IEnumerable<(string Key, SettingNode Node)>? children, string expected)
    {
        if (children is null)
        {
            problems.Add(node, null, path, $"is not {expected}", node.IsScalar ? node.Text : null);
            return;
        }

        foreach (var (key, child) in children.Where(child => !child.Node.IsScalar))
        {
            problems.Add(child, null, $"{path}:{key}", "is not a text");
        }
    }

    private IEnumerable<string> ChildrenOf(string path) => sections
        .Where(one => one.Path.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase))
        .Select(one => one.Path[(path.Length + 1)..].Split(':')[0])
        .Distinct(StringComparer.OrdinalIgnoreCase);
}
