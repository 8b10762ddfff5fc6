using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;

namespace Dkron.Host.Jobs.Reading;

/// <summary>Reads what a step says to its processor, and checks it against what the processor declares.</summary>
internal sealed class OptionReader(PluginDescription plugin, DataPlaceholder data, CancellationToken cancellationToken)
{
    /// <returns>What can be read, and why that is not all: a sentence about the first key that had to be left out, or null.</returns>
    public (ProcessorConfig Config, string? Unresolved) Read(IReadOnlyList<StepSetting> settings, SettingNode entry, string place, FieldReader fields)
    {
        var problems = fields.Problems;
        var before = problems.Problems.Count;
        var values = new List<KeyValuePair<string, string>>(settings.Count);
        string? unresolved = null;
        foreach (var setting in settings)
        {
            if (!TryText(setting, out var text, out var problem))
            {
                setting.Fields.WrongSecret(setting.Node, setting.Place, problem);
                unresolved ??= $"it is not called without its setting {setting.Place}, which {problem}";
                continue;
            }

            values.Add(KeyValuePair.Create(setting.Key, text));
            Check(setting, text);
        }

        foreach (var option in plugin.Options ?? [])
        {
            if (option.Required && !settings.Any(setting => setting.Key.Equals(option.Name, StringComparison.OrdinalIgnoreCase)))
            {
                problems.Add(entry, fields.Job, $"{place}.{option.Name}", $"is missing, here and in the node's section Processors:{plugin.Name}; expected {Expected(option)}");
            }
        }

        var config = values.Count == 0 ? ProcessorConfig.Empty : new ProcessorConfig(values);
        if (problems.Problems.Count == before)
        {
            Ask(config, entry, place, fields);
        }

        return (config, unresolved);
    }

    /// <summary>Gives the value with what stands in for something else replaced, or says why that is not to be had.</summary>
    private bool TryText(StepSetting setting, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? problem)
    {
        (text, problem) = (null, null);
        if (!setting.Node.IsScalar)
        {
            problem = "is not a text, a number, true or false";
            return false;
        }

        text = data.Replace(setting.Node.Text);
        var option = plugin.Options?.FirstOrDefault(one => one.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase));
        if (option is { Type: OptionType.Secret })
        {
            return SecretReferences.TryResolve(setting, text, out text, out problem);
        }

        if (option is not null && SecretReferences.IsReference(text))
        {
            setting.Fields.Problems.Warn(setting.Node, setting.Fields.Job, setting.Place, "is taken as it is written: references to variables and files are read in secret options only");
        }

        return true;
    }

    private void Check(StepSetting setting, string text)
    {
        if (plugin.Options is not { } options)
        {
            return;
        }

        var option = options.FirstOrDefault(one => one.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase));
        if (option is null)
        {
            // The value is not shown: a misspelt password is still a password.
            var known = options.Select(one => one.Name).Concat(ReservedKeys.All.Where(key => key != "name"));
            var near = setting.Fields.Problems.Near.Find(setting.Key, known);
            setting.Fields.Problems.Add(setting.Node, setting.Fields.Job, setting.Place, $"is not an option of the processor {plugin.Name}", suggestion: near);
        }
        else if (!IsGood(option, text))
        {
            var problem = $"is not {Expected(option)}";
            if (option.Type == OptionType.Secret)
            {
                setting.Fields.WrongSecret(setting.Node, setting.Place, problem);
            }
            else
            {
                setting.Fields.Wrong(setting.Node, setting.Place, problem, option.Choices);
            }
        }
    }

    private static bool IsGood(ProcessorOption option, string text) => option.Type switch
    {
        OptionType.Boolean => BooleanText.TryParse(text, out _),
        OptionType.Integer => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && IsInRange(option, number),
        OptionType.Duration => DurationText.TryParse(text, out var duration) && duration >= TimeSpan.Zero && IsInRange(option, (decimal)duration.Ticks / TimeSpan.TicksPerMillisecond),
        OptionType.Size => SizeText.TryParse(text, out var bytes) && IsInRange(option, bytes),
        OptionType.Text when option.Choices.Count > 0 => option.Choices.Contains(text, StringComparer.OrdinalIgnoreCase),
        _ => !option.Required || !string.IsNullOrWhiteSpace(text),
    };

    private static bool IsInRange(ProcessorOption option, decimal value) => (option.Minimum is not { } minimum || value >= minimum) && (option.Maximum is not { } maximum || value <= maximum);

    private static string Expected(ProcessorOption option)
    {
        var type = option.Type switch
        {
            OptionType.Boolean => "true or false",
            OptionType.Integer => "a whole number",
            OptionType.Duration => "a duration such as 90s, 1m30s or 7d",
            OptionType.Size => "a size such as 4096, 64KB or 1GiB",
            OptionType.Text when option.Choices.Count > 0 => $"one of {string.Join(", ", option.Choices)}",
            _ => "a text that is not blank",
        };
        return type + (option.Minimum is { } minimum ? $" of at least {Limit(option, minimum)}" : "")
            + (option.Maximum is { } maximum ? $"{(option.Minimum is null ? " of" : " and")} at most {Limit(option, maximum)}" : "");
    }

    private static string Limit(ProcessorOption option, long limit) => option.Type switch
    {
        OptionType.Duration when limit is > -864_000_000_000 and < 864_000_000_000 => DurationText.Format(TimeSpan.FromMilliseconds(limit)),
        OptionType.Size => string.Create(CultureInfo.InvariantCulture, $"{limit} bytes"),
        _ => limit.ToString(CultureInfo.InvariantCulture),
    };

    private void Ask(ProcessorConfig config, SettingNode entry, string place, FieldReader fields)
    {
        IReadOnlyList<string> sentences;
#pragma warning disable CA1031 // A plugin may throw anything; all other jobs are still checked.
        try
        {
            sentences = plugin.Validate(config, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            sentences = [$"the processor {plugin.Name} could not check its settings: {e.GetType().Name}: {DisplayText.Of(e.Message)}"];
        }
#pragma warning restore CA1031

        foreach (var sentence in sentences)
        {
            fields.Problems.Add(entry, fields.Job, place, DisplayText.Of(sentence));
        }
    }
}
