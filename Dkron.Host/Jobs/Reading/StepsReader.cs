using System.Globalization;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Jobs.Reading;

/// <summary>Reads a job's processors, an object or an array, into steps. Order is meaning.</summary>
internal sealed class StepsReader(StepReader step, ProblemList problems)
{
    private readonly SharedPieces<IReadOnlyList<ProcessorStep>> _shared = new();

    public IReadOnlyList<ProcessorStep> Read(SettingNode? node, FieldReader fields)
    {
        if (!FieldReader.IsGiven(node) || node is null)
        {
            return [];
        }

        if (node.Kind is not (SettingKind.Object or SettingKind.Array))
        {
            fields.Wrong(node, "processors", "is not an object of processors' names and their settings, nor an array of such settings with a name");
            return [];
        }

        return _shared.Get(node, () =>
        {
            var before = problems.Problems.Count;
            IReadOnlyList<ProcessorStep> steps = node.Kind == SettingKind.Object ? [.. FromObject(node, fields)] : [.. FromArray(node, fields)];
            return (steps, problems.Problems.Count == before);
        });
    }

    private IEnumerable<ProcessorStep> FromObject(SettingNode node, FieldReader fields)
    {
        foreach (var (name, entry) in node.Members)
        {
            var place = $"processors.{name}";
            if (entry.Kind is not (SettingKind.Object or SettingKind.Null))
            {
                fields.WrongSecret(entry, place, "is not an object of names and texts");
            }
            else if (entry.Kind == SettingKind.Object && entry.Members["name"] is { Kind: not SettingKind.Null } own && (own.Kind != SettingKind.Text || own.Text != name))
            {
                fields.Wrong(own, $"{place}.name", "differs from the key under which the step stands; leave it out, or use an array of steps");
            }
            else if (step.Read(name, entry, place, fields) is { } read)
            {
                yield return read;
            }
        }
    }

    private IEnumerable<ProcessorStep> FromArray(SettingNode node, FieldReader fields)
    {
        for (var i = 0; i < node.Items.Count; i++)
        {
            var entry = node.Items[i];
            var place = string.Create(CultureInfo.InvariantCulture, $"processors[{i}]");
            if (entry.Kind != SettingKind.Object)
            {
                fields.WrongSecret(entry, place, "is not an object such as { \"name\": \"log\" }");
            }
            else if (entry.Members["name"] is not { Kind: SettingKind.Text } name)
            {
                fields.Wrong(entry.Members["name"] ?? entry, $"{place}.name", "is not a text; expected the processor's name");
            }
            else if (step.Read(name.Text, entry, place, fields) is { } read)
            {
                yield return read;
            }
        }
    }
}
