namespace Dkron.Host.Execution.Native;

/// <summary>A child started by posix_spawn.</summary>
internal sealed class NativeChild(ProcessIdentity identity, ExitWatch exit, OutputPipe output, InputPipe? input) : IChild
{
    private readonly ProcessSession _session = new(identity.ProcessId);

    public ProcessIdentity Identity => identity;

    public Task<ExitState> Exited => exit.Exited;

    public Task Drained => output.Drained;

    public bool IsAnyAlive() => !Exited.IsCompleted || _session.IsAnyAlive();

    public void Terminate()
    {
        _session.Signal(Signals.Terminate);

        // One that is stopped sees the request only when it goes on.
        _session.Signal(Signals.Continue);
    }

    public void Kill() => _session.Signal(Signals.Kill);

    public void CloseOutput() => output.Dispose();

    public async ValueTask DisposeAsync()
    {
        if (!Exited.IsCompleted)
        {
            Kill();
            await Exited;
        }

        output.Dispose();
        input?.Dispose();
        ExitWatch.Read(identity.ProcessId, reap: true);
    }
}
