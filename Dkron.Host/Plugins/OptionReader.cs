using System.Globalization;
using System.Text.RegularExpressions;
using Dkron.Abstractions;

namespace Dkron.Host.Plugins;

/// <summary>Reads what a plugin declares into the host's own lists, and refuses what makes no sense.</summary>
internal static partial class OptionReader
{
    private const int MaxOptions = 1000;
    private static readonly string[] Reserved = ["name", "forward", "when", "on_error", "timeout", "retries", "retry_backoff"];

    /// <summary>Reads the options. Runs the plugin's code.</summary>
    /// <exception cref="PluginRefusedException">A declaration is wrong.</exception>
    public static IReadOnlyList<ProcessorOption> Read(IDeclareOptions plugin)
    {
        var options = new List<ProcessorOption>();
        foreach (var declared in plugin.Options ?? throw new PluginRefusedException("its Options are null; return an empty list"))
        {
            if (declared is null || options.Count == MaxOptions)
            {
                throw new PluginRefusedException(declared is null ? "one of its Options is null" : $"it declares more than {MaxOptions} options");
            }

            var option = Copy(declared);
            if (Problem(option) is { } problem)
            {
                throw new PluginRefusedException($"it declares the option '{option.Name}', {problem}");
            }

            if (options.Any(other => string.Equals(other.Name, option.Name, StringComparison.OrdinalIgnoreCase)))
            {
                throw new PluginRefusedException($"it declares the option '{option.Name}' twice");
            }

            options.Add(option);
        }

        return options.AsReadOnly();
    }

    private static ProcessorOption Copy(ProcessorOption declared) => declared with
    {
        Name = declared.Name ?? "",
        Description = declared.Description ?? "",
        Choices = [.. (declared.Choices ?? []).Select(choice => choice ?? "")],
    };

    private static string? Problem(ProcessorOption option)
    {
        if (!NamePattern().IsMatch(option.Name))
        {
            return "which is no name for an option: lower-case letters, digits and _ are";
        }

        if (Reserved.Contains(option.Name))
        {
            return $"which is a key that the host reserves for itself; rename it (reserved are {string.Join(", ", Reserved)})";
        }

        if (!Enum.IsDefined(option.Type))
        {
            return $"of a type that this host does not know ({(int)option.Type})";
        }

        if (option.Minimum > option.Maximum)
        {
            return $"whose minimum {option.Minimum} is greater than its maximum {option.Maximum}";
        }

        return option.Default is null || IsValid(option, option.Default) ? null : $"whose default '{option.Default}' is not a valid value of it";
    }

    private static bool IsValid(ProcessorOption option, string text) => option.Type switch
    {
        OptionType.Boolean => BooleanText.TryParse(text, out _),
        OptionType.Integer => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && InRange(option, number),
        OptionType.Duration => DurationText.TryParse(text, out var duration) && InRange(option, (decimal)duration.Ticks / TimeSpan.TicksPerMillisecond),
        OptionType.Size => SizeText.TryParse(text, out var size) && InRange(option, size),
        OptionType.Text => option.Choices.Count == 0 || option.Choices.Contains(text, StringComparer.OrdinalIgnoreCase),
        _ => true,
    };

    private static bool InRange(ProcessorOption option, decimal value) =>
        (option.Minimum is not { } minimum || value >= minimum) && (option.Maximum is not { } maximum || value <= maximum);

    [GeneratedRegex(@"\A[a-z0-9_]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
