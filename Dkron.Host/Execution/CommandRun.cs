namespace Dkron.Host.Execution;

/// <summary>What is special to one run of a command.</summary>
internal sealed record CommandRun
{
    /// <summary>Names the run in the log.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>The file for its output, should that be large; its folder is made when it is missing.</summary>
    public required string OutputFile { get; init; }

    /// <summary>Variables on top of the command's own.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>().AsReadOnly();

    /// <summary>Called once, before the run waits for anything, when the command has been started.</summary>
    public Action<ProcessIdentity>? OnStarted { get; init; }

    /// <summary>Lets others read the output while the command runs.</summary>
    public LiveOutput? Live { get; init; }

    /// <summary>How long the command has between being asked to end and being killed; null for the host's setting.</summary>
    public TimeSpan? StopGrace { get; init; }

    /// <summary>Cancelled to cut that grace, and the wait for late output, to nothing. Does not stop the command by itself.</summary>
    public CancellationToken Hurry { get; init; }
}
