namespace Dkron.Host.Tests.Cli;

/// <summary>What a call of the command line did.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error);
