using System.Globalization;
using System.Text;
using System.Text.Json;
using Dkron.Host.Jobs.Problems;

namespace Dkron.Host.Jobs.Settings;

/// <summary>Reads a settings file in one pass: order, lines and the text of scalars are kept; comments and trailing commas are allowed.</summary>
internal ref struct SettingParser
{
    private const int MaxPooledBytes = 128;
    private const int MaxDepth = 64;
    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly ReadOnlySpan<byte> _content;
    private readonly SettingOrigin _origin;
    private readonly ProblemList _problems;
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _pool;

    // The key or index on each level, for problems.
    private readonly object[] _place;
    private Utf8JsonReader _reader;
    private int _line;
    private int _lineCountedTo;

    private SettingParser(ReadOnlySpan<byte> content, SettingOrigin origin, ProblemList problems)
    {
        _content = content;
        _origin = origin;
        _problems = problems;
        _pool = new Dictionary<string, string>().GetAlternateLookup<ReadOnlySpan<char>>();
        _reader = new Utf8JsonReader(content, Options);
        _place = new object[MaxDepth + 1];
        _line = 1;
    }

    /// <summary>The file's settings; null when it cannot be read, and then a problem says why.</summary>
    public static SettingNode? Parse(ReadOnlySpan<byte> bytes, SettingOrigin origin, ProblemList problems)
    {
        var content = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        if (!content.ContainsAnyExcept(" \t\r\n"u8))
        {
            problems.Add(new Problem { Source = origin.Name, Message = "is empty; expected settings between { and }" });
            return null;
        }

        var parser = new SettingParser(content, origin, problems);
        try
        {
            parser._reader.Read();
            var root = parser.Node(SettingShape.Root);
            parser._reader.Read();
            if (root.Kind == SettingKind.Object)
            {
                return root;
            }

            problems.Add(root, null, "", "holds no settings; expected an object between { and }");
        }
        catch (JsonException e)
        {
            var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            problems.Add(new Problem
            {
                Source = origin.Name,
                Line = (int)(e.LineNumber ?? 0) + 1,
                Message = string.Create(CultureInfo.InvariantCulture, $"is not JSON, at column {(e.BytePositionInLine ?? 0) + 1}: {(end < 0 ? e.Message : e.Message[..end])}"),
            });
        }
        catch (InvalidOperationException)
        {
            // The reader checks structure as it goes but texts only when they are taken.
            problems.Add(new Problem { Source = origin.Name, Line = parser.Line(), Message = "holds a text that is not UTF-8, or half of a surrogate pair" });
        }

        return null;
    }

    private SettingNode Node(SettingShape shape)
    {
        var line = Line();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return SettingNode.Object(Members(shape), _origin, line);
            case JsonTokenType.StartArray:
                return SettingNode.Array(Items(shape), _origin, line);
            case JsonTokenType.String:
                return SettingNode.Scalar(SettingKind.Text, Text(), _origin, line);
            case JsonTokenType.Number:
                return SettingNode.Scalar(SettingKind.Number, Encoding.UTF8.GetString(_reader.ValueSpan), _origin, line);
            case JsonTokenType.True:
                return SettingNode.Scalar(SettingKind.Boolean, "true", _origin, line);
            case JsonTokenType.False:
                return SettingNode.Scalar(SettingKind.Boolean, "false", _origin, line);
            default:
                return SettingNode.Null(_origin, line);
        }
    }

    private SettingObject Members(SettingShape shape)
    {
        var members = new SettingObject(shape);
        var depth = _reader.CurrentDepth;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var line = Line();
            var key = Text();
            _place[depth] = key;
            _reader.Read();
            if (!members.TryAdd(key, Node(shape.Of(key))))
            {
                _problems.Add(Twice(depth, line));
            }
        }

        return members;
    }

    private List<SettingNode> Items(SettingShape shape)
    {
        var items = new List<SettingNode>();
        var depth = _reader.CurrentDepth;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            _place[depth] = items.Count;
            items.Add(Node(shape.Items));
        }

        return items;
    }

    private readonly Problem Twice(int depth, int line)
    {
        var place = _place.Take(depth + 1).Select(part => part is int index ? string.Create(CultureInfo.InvariantCulture, $"[{index}]") : part as string ?? "").ToList();
        var inJob = depth > 0 && string.Equals(place[0], "Jobs", StringComparison.OrdinalIgnoreCase);
        return new Problem
        {
            Source = _origin.Name,
            Line = line,
            Job = inJob ? place[1] : null,
            Key = string.Join(inJob ? '.' : ':', place.Skip(inJob ? 2 : 0)),
            Message = "stands here twice; keep one of them",
        };
    }

    private string Text()
    {
        if (_reader.ValueSpan.Length > MaxPooledBytes)
        {
            return _reader.GetString() ?? "";
        }

        // The same few keys and values come again with every job.
        Span<char> buffer = stackalloc char[MaxPooledBytes];
        var text = buffer[.._reader.CopyString(buffer)];
        if (!_pool.TryGetValue(text, out var pooled))
        {
            pooled = text.ToString();
            _pool[text] = pooled;
        }

        return pooled;
    }

    private int Line()
    {
        var at = (int)_reader.TokenStartIndex;
        _line += _content[_lineCountedTo..at].Count((byte)'\n');
        _lineCountedTo = at;
        return _line;
    }
}
