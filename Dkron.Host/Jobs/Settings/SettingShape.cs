namespace Dkron.Host.Jobs.Settings;

/// <summary>Says of each object in the settings whether its keys are names, which are exact, or keywords, in which case does not matter.</summary>
internal sealed class SettingShape
{
    private static readonly SettingShape Names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SettingShape> _named;

    private SettingShape(StringComparer keys, params ReadOnlySpan<(string Key, SettingShape Shape)> named)
    {
        Keys = keys;
        _named = new Dictionary<string, SettingShape>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, shape) in named)
        {
            _named.Add(key, shape);
        }
    }

    /// <summary>Keywords on every level.</summary>
    public static SettingShape Keywords { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Steps or node sections: each named, with keywords in it.</summary>
    public static SettingShape Processors { get; } = new(StringComparer.Ordinal);

    public static SettingShape Job { get; } = new(
        StringComparer.OrdinalIgnoreCase,
        ("tags", Names),
        ("metadata", Names),
        ("env", Names),
        ("processors", Processors),
        ("executor_config", new SettingShape(StringComparer.OrdinalIgnoreCase, ("env", Names))));

    public static SettingShape Jobs { get; } = new(StringComparer.Ordinal) { Others = Job };

    /// <summary>A whole settings file.</summary>
    public static SettingShape Root { get; } = new(StringComparer.OrdinalIgnoreCase, ("Jobs", Jobs), ("Processors", Processors));

    public StringComparer Keys { get; }

    /// <summary>The shape of an array's items.</summary>
    public SettingShape Items => Others ?? Keywords;

    private SettingShape? Others { get; init; }

    public SettingShape Of(string key) => _named.GetValueOrDefault(key) ?? Items;
}
