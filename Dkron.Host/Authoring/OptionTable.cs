using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Api;

namespace Dkron.Host.Authoring;

/// <summary>The table of a processor's options, as its page shows it.</summary>
internal static class OptionTable
{
    /// <summary>The table in Markdown: a line of headings, a line of dashes, a line for each option.</summary>
    public static IEnumerable<string> Of(IEnumerable<OptionDocument> options) => ["| option | type | default | meaning |", "|---|---|---|---|", .. options.Select(Row)];

    /// <summary>What an option takes, such as <c>integer, 1 to 9</c>.</summary>
    public static string TypeOf(OptionDocument option) => option.Choices.Count > 0
        ? string.Join(' ', option.Choices.Select(choice => $"`{choice}`"))
        : Words.Of(option.Type) + Range(option);

    private static string Row(OptionDocument option) =>
        $"| `{option.Name}` | {TypeOf(option)} | {(option.Required ? "required" : option.Default is null ? "" : $"`{option.Default}`")} | {option.Description} |";

    private static string Range(OptionDocument option) => (option.Minimum, option.Maximum) switch
    {
        (null, null) => "",
        ({ } least, null) => $", at least {Limit(option, least)}",
        (null, { } most) => $", at most {Limit(option, most)}",
        ({ } least, { } most) => $", {Limit(option, least)} to {Limit(option, most)}",
    };

    private static string Limit(OptionDocument option, long value) => option.Type is OptionType.Duration
        ? DurationText.Format(TimeSpan.FromMilliseconds(value))
        : value.ToString(CultureInfo.InvariantCulture);
}
