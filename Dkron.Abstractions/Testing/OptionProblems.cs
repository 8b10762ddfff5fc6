using System.Globalization;
using Dkron.Abstractions;

namespace Dkron.Testing;

/// <summary>Checks a step's options against what a processor declares, as the host does with each job before it runs.</summary>
internal static class OptionProblems
{
    public static IEnumerable<string> Of(IReadOnlyList<ProcessorOption> declared, ProcessorConfig config)
    {
        foreach (var (key, value) in config)
        {
            var option = declared.FirstOrDefault(one => one.Name.Equals(key, StringComparison.OrdinalIgnoreCase));
            if (option is null)
            {
                yield return $"{key}: is not an option of this processor; it declares {string.Join(", ", declared.Select(one => one.Name))}";
            }
            else if (!IsGood(option, value))
            {
                yield return option.Type == OptionType.Secret ? $"{key}: is blank" : $"{key}: '{value}' is not a valid {Words(option)}";
            }
        }

        foreach (var option in declared.Where(one => one.Required && !config.ContainsKey(one.Name)))
        {
            yield return $"{option.Name}: is missing, and required";
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

    private static string Words(ProcessorOption option) => option.Choices.Count > 0
        ? $"choice; there are {string.Join(", ", option.Choices)}"
        : string.Create(CultureInfo.InvariantCulture, $"{option.Type.ToString().ToLowerInvariant()}{(option.Minimum is { } minimum ? $" of at least {minimum}" : "")}{(option.Maximum is { } maximum ? $" of at most {maximum}" : "")}");
}
