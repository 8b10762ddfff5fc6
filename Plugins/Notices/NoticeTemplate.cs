using System.Text;

namespace Dkron.Processors.Notices;

/// <summary>A text with named fields: <c>{{job}} failed</c>.</summary>
internal sealed class NoticeTemplate
{
    private const string Open = "{{";
    private const string Close = "}}";
    private const string JsonSuffix = ":json";

    private readonly List<(string Text, bool IsField)> _parts = [];

    private NoticeTemplate()
    {
    }

    /// <summary>The field whose JSON value takes the place of the whole text, as in <c>{{exit_code:json}}</c>; null when it is a text.</summary>
    public string? JsonField { get; private set; }

    /// <summary>Reads a template.</summary>
    /// <param name="text">The text as it was written.</param>
    /// <param name="problem">What is wrong with it; null when nothing is.</param>
    /// <param name="allowJson">Whether <c>:json</c> has a meaning where it stands.</param>
    public static NoticeTemplate Parse(string text, out string? problem, bool allowJson = false)
    {
        var template = new NoticeTemplate();
        problem = null;
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf(Open, at, StringComparison.Ordinal);
            if (open < 0)
            {
                template._parts.Add((text[at..], false));
                break;
            }

            var close = text.IndexOf(Close, open, StringComparison.Ordinal);
            if (close < 0)
            {
                problem = $"'{Open}' without '{Close}' after it";
                break;
            }

            if (open > at)
            {
                template._parts.Add((text[at..open], false));
            }

            at = close + Close.Length;
            problem = template.Add(text[(open + Open.Length)..close].Trim(), isWhole: allowJson && open == 0 && at == text.Length, allowJson);
            if (problem is not null)
            {
                break;
            }
        }

        return template;
    }

    /// <summary>The text with the fields' values in it.</summary>
    /// <param name="fields">What is known.</param>
    /// <param name="escape">What is done to each value, so that it cannot be more than a value.</param>
    public string Fill(NoticeFields fields, Func<string, string>? escape = null)
    {
        var result = new StringBuilder();
        foreach (var (text, isField) in _parts)
        {
            result.Append(!isField ? text : escape is null ? fields[text].Text : escape(fields[text].Text));
        }

        return result.ToString();
    }

    private string? Add(string name, bool isWhole, bool allowJson)
    {
        if (name.EndsWith(JsonSuffix, StringComparison.Ordinal) && allowJson)
        {
            name = name[..^JsonSuffix.Length];
            if (!isWhole)
            {
                return $"'{Open}{name}{JsonSuffix}{Close}' must be the whole text in its quotes; leave out {JsonSuffix} to have it within a text";
            }

            JsonField = name;
        }

        _parts.Add((name, true));
        return NoticeFields.IsKnown(name) ? null : $"'{Open}{name}{Close}' is no field; there are {NoticeFields.Known}";
    }
}
