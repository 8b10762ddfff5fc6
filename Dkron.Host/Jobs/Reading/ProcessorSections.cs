using Dkron.Abstractions;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;

namespace Dkron.Host.Jobs.Reading;

/// <summary>The node's sections <c>Processors:NAME</c>: what every step of that processor starts from.</summary>
internal sealed class ProcessorSections
{
    private readonly Dictionary<string, SettingObject> _sections = new(StringComparer.Ordinal);

    public ProcessorSections(SettingNode? processors, IReadOnlyDictionary<string, PluginDescription> catalog, ProblemList problems)
    {
        if (!FieldReader.IsGiven(processors) || processors is null)
        {
            return;
        }

        if (processors.Kind != SettingKind.Object)
        {
            problems.Add(processors, null, "Processors", "is not an object of processors' names and their settings");
            return;
        }

        foreach (var (name, section) in processors.Members)
        {
            if (!catalog.ContainsKey(name))
            {
                problems.Warn(section, null, $"Processors:{name}", "is for a processor that no plugin folder has", suggestion: problems.Near.Find(name, catalog.Keys));
            }

            if (section.Kind == SettingKind.Object)
            {
                _sections.Add(name, section.Members);
            }
            else if (section.Kind != SettingKind.Null)
            {
                problems.Add(section, null, $"Processors:{name}", "is not an object of names and texts");
            }
        }
    }

    public SettingObject? Of(string processor) => _sections.GetValueOrDefault(processor);

    /// <summary>The sections as configurations, whether a job uses them or not.</summary>
    public IReadOnlyDictionary<string, ProcessorConfig> AsConfigs(DataPlaceholder data) => _sections.ToDictionary(
        section => section.Key,
        section => new ProcessorConfig(section.Value.Where(member => member.Value.IsScalar && !ReservedKeys.All.Contains(member.Key)).Select(member => KeyValuePair.Create(member.Key, data.Replace(member.Value.Text)))),
        StringComparer.Ordinal).AsReadOnly();
}
