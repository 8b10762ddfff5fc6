namespace Dkron.Host.Execution;

/// <summary>What the system is asked to start, after every lookup.</summary>
/// <param name="Path">The program's file.</param>
/// <param name="Arguments">argv; the first is the program's name as the command gives it.</param>
/// <param name="Environment">All of its environment, as NAME=value.</param>
/// <param name="WorkingDirectory">Its working folder; null for the host's.</param>
/// <param name="Payload">What it reads on stdin; empty for nothing.</param>
internal sealed record StartRequest(
    string Path,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> Environment,
    string? WorkingDirectory,
    ReadOnlyMemory<byte> Payload);
