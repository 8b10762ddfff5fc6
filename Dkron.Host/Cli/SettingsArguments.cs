namespace Dkron.Host.Cli;

/// <summary>What the command line says about settings.</summary>
/// <param name="Files">The files given with <c>--config</c>, as they were given, in their order; empty for the usual ones.</param>
/// <param name="Overrides">Values over the files, such as <c>Jobs:nightly:schedule=@daily</c>, in their order.</param>
internal sealed record SettingsArguments(IReadOnlyList<string> Files, IReadOnlyList<string> Overrides);
