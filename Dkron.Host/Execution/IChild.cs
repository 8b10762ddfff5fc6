namespace Dkron.Host.Execution;

/// <summary>A started command.</summary>
/// <remarks>Disposing kills it if it still runs, and frees its process id and descriptors in any case.</remarks>
internal interface IChild : IAsyncDisposable
{
    ProcessIdentity Identity { get; }

    /// <summary>Completes when the command has ended, whether or not others still hold its output.</summary>
    Task<ExitState> Exited { get; }

    /// <summary>Completes when nobody can write to its output any more.</summary>
    Task Drained { get; }

    /// <summary>Whether the command, or a process that it started and that made no session of its own, still runs.</summary>
    bool IsAnyAlive();

    /// <summary>Asks all of these to end.</summary>
    void Terminate();

    /// <summary>Ends all of these.</summary>
    void Kill();

    /// <summary>Takes no more output.</summary>
    void CloseOutput();
}
