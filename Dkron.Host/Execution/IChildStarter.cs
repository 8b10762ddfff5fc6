using Dkron.Host.Execution.Output;

namespace Dkron.Host.Execution;

/// <summary>How this operating system starts a command.</summary>
internal interface IChildStarter : IDisposable
{
    /// <summary>Starts a program; null and why not when that is impossible.</summary>
    IChild? TryStart(StartRequest request, OutputStore store, out string? error);
}
