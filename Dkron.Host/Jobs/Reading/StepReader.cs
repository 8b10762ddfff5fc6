using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;

namespace Dkron.Host.Jobs.Reading;

/// <summary>Reads one step: the node's section for the processor, overlaid by the step's own entry.</summary>
internal sealed class StepReader(ProcessorSections sections, IReadOnlyDictionary<string, PluginDescription> catalog, DataPlaceholder data, ProblemList problems, CancellationToken cancellationToken)
{
    private const int MaxRetries = 100;
    private static readonly TimeSpan MaxTime = TimeSpan.FromDays(1);

    public ProcessorStep? Read(string name, SettingNode entry, string place, FieldReader fields)
    {
        if (!catalog.TryGetValue(name, out var description))
        {
            problems.Add(entry, fields.Job, place, $"no plugin folder has a processor '{DisplayText.Of(name)}'{Known()}", suggestion: problems.Near.Find(name, catalog.Keys));
            return null;
        }

        if (description.Unavailable is { } reason)
        {
            problems.Warn(new Problem { Key = $"processors.{name}", Message = $"is known but cannot be used now: {reason}; its steps are not called, and their outcomes say so" });
        }

        var settings = Overlay(name, entry, place, fields);
        var host = settings.Where(setting => ReservedKeys.All.Contains(setting.Key)).ToDictionary(setting => setting.Key, setting => setting, StringComparer.OrdinalIgnoreCase);
        var (config, unresolved) = new OptionReader(description, data, cancellationToken).Read([.. settings.Where(setting => !ReservedKeys.All.Contains(setting.Key))], entry, place, fields);
        return new ProcessorStep
        {
            Name = name,
            Config = config,
            Unresolved = unresolved,
            Forward = host.TryGetValue("forward", out var forward) && forward.Fields.Boolean(forward.Node, forward.Place, false),
            When = Choice<StepCondition>(host, "when"),
            OnError = Choice<StepFailure>(host, "on_error"),
            Timeout = host.TryGetValue("timeout", out var timeout)
                ? timeout.Fields.Duration(timeout.Node, timeout.Place, TimeSpan.FromMilliseconds(1), MaxTime) ?? ProcessorStep.DefaultTimeout
                : ProcessorStep.DefaultTimeout,
            Retries = host.TryGetValue("retries", out var retries) ? retries.Fields.Integer(retries.Node, retries.Place, MaxRetries) : null,
            RetryBackoff = host.TryGetValue("retry_backoff", out var backoff) ? backoff.Fields.Duration(backoff.Node, backoff.Place, TimeSpan.Zero, MaxTime) : null,
        };
    }

    /// <summary>What holds for each key. A null takes it out, also where the node gives it.</summary>
    private IReadOnlyCollection<StepSetting> Overlay(string name, SettingNode entry, string place, FieldReader fields)
    {
        var settings = new OrderedDictionary<string, StepSetting>(StringComparer.OrdinalIgnoreCase);
        var ofNode = new FieldReader(problems, null);
        foreach (var (key, node) in sections.Of(name) ?? new SettingObject(SettingShape.Keywords))
        {
            if (key.Equals("name", StringComparison.OrdinalIgnoreCase))
            {
                problems.Add(node, null, $"Processors:{name}:{key}", "has no place here; the section is named by its key");
            }
            else
            {
                settings[key] = new StepSetting(key, node, $"Processors:{name}:{key}", ofNode);
            }
        }

        if (entry.Kind == SettingKind.Object)
        {
            foreach (var (key, node) in entry.Members.Where(member => !member.Key.Equals("name", StringComparison.OrdinalIgnoreCase)))
            {
                settings[key] = new StepSetting(key, node, $"{place}.{key}", fields);
            }
        }

        return [.. settings.Values.Where(setting => setting.Node.Kind != SettingKind.Null)];
    }

    private static T Choice<T>(Dictionary<string, StepSetting> host, string key)
        where T : struct, Enum
    {
        if (!host.TryGetValue(key, out var setting))
        {
            return default;
        }

        var names = Enum.GetNames<T>();
        if (setting.Node.IsScalar && names.Contains(setting.Node.Text, StringComparer.OrdinalIgnoreCase))
        {
            return Enum.Parse<T>(setting.Node.Text, ignoreCase: true);
        }

        var known = names.Select(name => name.ToLowerInvariant()).ToList();
        setting.Fields.Wrong(setting.Node, setting.Place, $"is not one of {string.Join(", ", known)}", known);
        return default;
    }

    private string Known() => catalog.Count is > 0 and <= 20 ? $"; there are {string.Join(", ", catalog.Keys.Order(StringComparer.Ordinal))}" : "";
}
