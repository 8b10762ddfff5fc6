using System.Globalization;
using System.Text;

namespace Dkron.Host.Jobs.Problems;

/// <summary>One thing that is wrong in the settings, and where. Its text is one line.</summary>
internal sealed record Problem
{
    /// <summary>The file, environment variable or argument it stands in; null when it is about all of them together.</summary>
    public string? Source { get; init; }

    /// <summary>The line in the file, from 1; 0 when there is none.</summary>
    public int Line { get; init; }

    /// <summary>The job's name, or its place when it has none; null when it is about no job.</summary>
    public string? Job { get; init; }

    /// <summary>The setting, such as <c>schedule</c>, <c>processors.files.max_age</c> or <c>Dkron:NodeName</c>; empty for a whole file.</summary>
    public string Key { get; init; } = "";

    /// <summary>The value as it was written; null when there is none, or it may be a secret.</summary>
    public string? Value { get; init; }

    /// <summary>What is wrong and what was expected.</summary>
    public required string Message { get; init; }

    /// <summary>What was probably meant; null when nothing comes near.</summary>
    public string? Suggestion { get; init; }

    public override string ToString()
    {
        var text = new StringBuilder();
        if (Source is not null)
        {
            text.Append(DisplayText.Of(Source));
            text.Append(Line > 0 ? string.Create(CultureInfo.InvariantCulture, $":{Line}: ") : ": ");
        }

        if (Job is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"job '{DisplayText.Of(Job)}': ");
        }

        if (Key.Length > 0)
        {
            text.Append(DisplayText.Of(Key)).Append(": ");
        }

        if (Value is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"'{DisplayText.Of(Value)}' ");
        }

        text.Append(Message);
        if (Suggestion is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"; did you mean '{DisplayText.Of(Suggestion)}'?");
        }

        return text.ToString();
    }
}
