using System.CommandLine;

namespace Dkron.Host.Cli;

/// <summary>The options that verbs share.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string[]> _config = new("--config", "-c")
    {
        Description = "A settings file, in place of the usual ones. May be repeated: later ones win.",
        HelpName = "FILE",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        Recursive = true,
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "A value over the settings files, such as Jobs:nightly:schedule=@daily. May be repeated; --Jobs:nightly:schedule=@daily is the same.",
        HelpName = "KEY=VALUE",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document and nothing else." };

    /// <summary>For every verb.</summary>
    public IEnumerable<Option> Everywhere => [_config, _set];

    /// <summary>For verbs that read.</summary>
    public Option Json => _json;

    public SettingsArguments Settings(ParseResult arguments) => new(arguments.GetValue(_config) ?? [], arguments.GetValue(_set) ?? []);

    public bool IsJson(ParseResult arguments) => arguments.GetValue(_json);
}
