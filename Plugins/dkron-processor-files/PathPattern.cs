using System.Text;
using System.Text.RegularExpressions;
using Dkron.Abstractions;

namespace Dkron.Processors.Files;

/// <summary>How a file is named: text, placeholders, and <c>/</c> between folders.</summary>
internal sealed partial class PathPattern
{
    public const string Default = "{job}.{execution}.log";

    private readonly string _text;
    private readonly string[] _segments;

    private PathPattern(string text)
    {
        _text = text;
        _segments = text.Split('/');
    }

    /// <summary>
    /// Whether a file's name tells its job beyond doubt: {job} begins a name and a character follows that no job's name has.
    /// Job <c>a</c> would else take the files of <c>a-b</c> for its own.
    /// </summary>
    public bool TellsJob => JobApart().IsMatch(_text);

    /// <summary>Reads a pattern; problems are whole sentences.</summary>
    public static PathPattern? Parse(string text, out IReadOnlyList<string> problems)
    {
        var pattern = new PathPattern(text);
        var found = pattern.Problems().ToList();
        problems = found;
        return found.Count == 0 ? pattern : null;
    }

    /// <summary>The names of the folders, and last the name of the file, for one execution.</summary>
    public string[] Expand(ProcessorContext context) => [.. _segments.Select(segment => Braces().Replace(segment, m => Find(m)!.Value(context)))];

    /// <summary>For each of these names, what it may be for any execution of the same job on the same node.</summary>
    public Regex[] Shapes(ProcessorContext context) => [.. _segments.Select(segment => Shape(segment, context))];

    private static Regex Shape(string segment, ProcessorContext context)
    {
        var shape = new StringBuilder("^");
        var end = 0;
        foreach (Match match in Braces().Matches(segment))
        {
            shape.Append(Regex.Escape(segment[end..match.Index])).Append(Find(match)!.Shape(context));
            end = match.Index + match.Length;
        }

        return new Regex(shape.Append(Regex.Escape(segment[end..])).Append("\\z").ToString(), RegexOptions.CultureInvariant);
    }

    private static Placeholder? Find(Match match) => Placeholder.All.FirstOrDefault(p => p.Name == match.Groups[1].Value);

    private IEnumerable<string> Problems()
    {
        foreach (var match in Braces().Matches(_text).Where(m => Find(m) is null))
        {
            yield return $"pattern: '{match.Value}' is not known; expected one of {string.Join(' ', Placeholder.All.Select(p => $"{{{p.Name}}}"))}";
        }

        if (Braces().Replace(_text, "").AsSpan().ContainsAny('{', '}'))
        {
            yield return $"pattern: '{_text}' has a brace without its partner";
        }

        if (!_text.Contains("{execution}", StringComparison.Ordinal))
        {
            yield return $"pattern: '{_text}' is without {{execution}}, so that one execution's file would overwrite another's";
        }

        if (_segments.Any(segment => segment.Length == 0 || segment[0] == '.'))
        {
            yield return $"pattern: '{_text}' has an empty name, or one that begins with a dot; expected names such as {Default} or {{job}}/{{execution}}.log";
        }

        if (_text.Any(c => c == '\\' || char.IsControl(c)))
        {
            yield return "pattern: has a backslash or a control character; expected letters, digits and punctuation";
        }
    }

    [GeneratedRegex(@"\{([^{}/]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Braces();

    [GeneratedRegex(@"(?:^|/)\{job\}[./@+=,]", RegexOptions.CultureInvariant)]
    private static partial Regex JobApart();
}
