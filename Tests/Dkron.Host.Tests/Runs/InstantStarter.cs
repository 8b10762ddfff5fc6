using Dkron.Host.Execution;
using Dkron.Host.Execution.Output;

namespace Dkron.Host.Tests.Runs;

/// <summary>Starts nothing: each command has ended with success at once, so that years of firings can pass.</summary>
internal sealed class InstantStarter : IChildStarter
{
    public IChild? TryStart(StartRequest request, OutputStore store, out string? error)
    {
        error = null;
        return new Child();
    }

    public void Dispose()
    {
    }

    private sealed class Child : IChild
    {
        public ProcessIdentity Identity { get; } = new(0, 0, "none");

        public Task<ExitState> Exited { get; } = Task.FromResult(new ExitState(0, null, CoreDumped: false));

        public Task Drained => Task.CompletedTask;

        public bool IsAnyAlive() => false;

        public void Terminate()
        {
        }

        public void Kill()
        {
        }

        public void CloseOutput()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
