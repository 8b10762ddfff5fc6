namespace Dkron.Host.Execution;

/// <summary>How a process ended.</summary>
/// <param name="Code">0 to 255; null when a signal ended it or when it is not known.</param>
/// <param name="Signal">The signal that ended it; null when it exited by itself or when it is not known.</param>
/// <param name="CoreDumped">Whether the system wrote a core dump.</param>
internal readonly record struct ExitState(int? Code, int? Signal, bool CoreDumped)
{
    /// <summary>"exited with code 3", "was ended by signal 9 (SIGKILL)".</summary>
    public override string ToString() => this switch
    {
        { Code: { } code } => $"exited with code {code}",
        { Signal: { } signal, CoreDumped: var dumped } => $"was ended by signal {signal} ({Signals.Name(signal)}{(dumped ? ", core dumped" : "")})",
        _ => "ended in a way that the system did not tell",
    };
}
