namespace Dkron.Host.Execution;

/// <summary>What a job runs, completely checked.</summary>
internal sealed record Command
{
    /// <summary>The program and its arguments; the first is looked up in PATH. Never empty.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Variables on top of the host's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>().AsReadOnly();

    /// <summary>The absolute working folder; null for the host's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>What the command reads on stdin; empty for nothing.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>How long the command may run; null for as long as it likes.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How much output is kept, head and tail together, in bytes.</summary>
    public long MaxOutputBytes { get; init; } = 1024 * 1024;
}
