using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Jobs.Settings;

/// <summary>A section of the host's own settings: which keys it may have, and who checks them.</summary>
internal sealed class OptionsSection
{
    private OptionsSection(string path, Type type, IReadOnlyList<string> folders, Func<IConfiguration, IEnumerable<string>> validate)
    {
        Path = path;
        Type = type;
        Folders = folders;
        Validate = validate;
    }

    /// <summary>Such as <c>Dkron:Plugins</c>.</summary>
    public string Path { get; }

    /// <summary>Its public properties are the keys.</summary>
    public Type Type { get; }

    /// <summary>The properties whose values are paths that count from the folder of the settings file that names them.</summary>
    public IReadOnlyList<string> Folders { get; }

    /// <summary>Binds the section and asks its validator; one text for each problem.</summary>
    public Func<IConfiguration, IEnumerable<string>> Validate { get; }

    public static OptionsSection Of<T>(string path, IValidateOptions<T> validator, params IReadOnlyList<string> folders)
        where T : class, new() =>
        new(path, typeof(T), folders, root => validator.Validate(null, root.GetSection(path).Get<T>() ?? new T()) is { Failed: true } result ? result.Failures ?? [] : []);
}
