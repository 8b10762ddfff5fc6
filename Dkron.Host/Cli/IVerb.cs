using System.CommandLine;

namespace Dkron.Host.Cli;

/// <summary>One verb of the command line.</summary>
internal interface IVerb
{
    /// <summary>Its name, arguments and options.</summary>
    Command Command { get; }

    /// <summary>Does it, and returns the exit code.</summary>
    Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken);
}
