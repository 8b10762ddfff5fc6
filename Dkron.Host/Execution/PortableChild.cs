using System.Diagnostics;
using Dkron.Host.Execution.Output;

namespace Dkron.Host.Execution;

/// <summary>A child started by <see cref="Process"/>.</summary>
internal sealed class PortableChild : IChild
{
    private readonly Process _process;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _feeding;

    public PortableChild(Process process, ReadOnlyMemory<byte> payload, OutputStore store)
    {
        _process = process;
        Identity = new ProcessIdentity(process.Id, 0, "");
        Exited = WaitAsync();
        var gate = new Lock();
        Drained = Task.WhenAll(ReadAsync(process.StandardOutput.BaseStream, store, gate), ReadAsync(process.StandardError.BaseStream, store, gate));
        _feeding = FeedAsync(payload);
    }

    public ProcessIdentity Identity { get; }

    public Task<ExitState> Exited { get; }

    public Task Drained { get; }

    public bool IsAnyAlive() => !Exited.IsCompleted;

    public void Terminate()
    {
        // There is no polite request that every system knows: the grace passes and Kill follows.
    }

    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    public void CloseOutput() => _closing.Cancel();

    public async ValueTask DisposeAsync()
    {
        if (!Exited.IsCompleted)
        {
            Kill();
        }

        await Exited;
        await _closing.CancelAsync();
        await Task.WhenAll(Drained, _feeding);
        _closing.Dispose();
        _process.Dispose();
    }

    private async Task<ExitState> WaitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        return new ExitState(_process.ExitCode, null, false);
    }

    private async Task ReadAsync(Stream stream, OutputStore store, Lock gate)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, _closing.Token)) > 0)
            {
                lock (gate)
                {
                    store.Append(buffer.AsSpan(0, count));
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Closed by us or by the command's end.
        }
    }

    private async Task FeedAsync(ReadOnlyMemory<byte> payload)
    {
        try
        {
            await _process.StandardInput.BaseStream.WriteAsync(payload, _closing.Token);
            _process.StandardInput.Close();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The command did not want it.
        }
    }
}
