namespace Dkron.Host.Jobs.Settings;

/// <summary>One setting with all below it, and where it was written. Order is kept, and scalars stay the text they were.</summary>
internal sealed class SettingNode
{
    private readonly object? _content;

    private SettingNode(SettingKind kind, object? content, SettingOrigin origin, int line)
    {
        Kind = kind;
        _content = content;
        Origin = origin;
        Line = line;
    }

    public SettingKind Kind { get; }

    public SettingOrigin Origin { get; }

    /// <summary>From 1; 0 outside files.</summary>
    public int Line { get; }

    public bool IsScalar => Kind is SettingKind.Text or SettingKind.Number or SettingKind.Boolean;

    /// <summary>A scalar's text as it was written: <c>true</c>, <c>1.50</c>.</summary>
    public string Text => _content as string ?? throw new InvalidOperationException($"A setting of kind {Kind} has no text.");

    public SettingObject Members => _content as SettingObject ?? throw new InvalidOperationException($"A setting of kind {Kind} has no members.");

    public List<SettingNode> Items => _content as List<SettingNode> ?? throw new InvalidOperationException($"A setting of kind {Kind} has no items.");

    public static SettingNode Null(SettingOrigin origin, int line) => new(SettingKind.Null, null, origin, line);

    public static SettingNode Scalar(SettingKind kind, string text, SettingOrigin origin, int line) => new(kind, text, origin, line);

    public static SettingNode Object(SettingObject members, SettingOrigin origin, int line) => new(SettingKind.Object, members, origin, line);

    public static SettingNode Array(List<SettingNode> items, SettingOrigin origin, int line) => new(SettingKind.Array, items, origin, line);
}
