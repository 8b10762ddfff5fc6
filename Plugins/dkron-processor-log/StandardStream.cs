using System.Buffers;

namespace Dkron.Processors.Logging;

/// <summary>Stdout or stderr, written to by one block at a time in the whole process.</summary>
/// <param name="name">What operators call it.</param>
/// <param name="descriptor">1 or 2; another one in tests.</param>
/// <param name="gate">
/// What the whole process locks on. <see cref="Console.Out"/> and <see cref="Console.Error"/> lock on themselves for each write, so
/// these two keep out other generations of this plugin as well as the host's own log lines.
/// </param>
internal sealed class StandardStream(string name, int descriptor, object gate) : IDisposable
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromMilliseconds(50);

    // Waiting here costs no thread; at most one call of this generation waits for the gate itself.
    private readonly SemaphoreSlim _turn = new(1);
    private bool _torn;

    public string Name => name;

    public async ValueTask WriteAsync(Action<IBufferWriter<byte>> format, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            WriteAlone(format, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private void WriteAlone(Action<IBufferWriter<byte>> format, CancellationToken cancellationToken)
    {
        while (!Monitor.TryEnter(gate, LockPatience))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        try
        {
            using var writer = new DescriptorWriter(descriptor, cancellationToken);
            Write(format, writer);
        }
        finally
        {
            Monitor.Exit(gate);
        }
    }

    private void Write(Action<IBufferWriter<byte>> format, DescriptorWriter writer)
    {
        // Of a block that broke off, the last line may be open: the next block must begin on a line of its own.
        if (_torn)
        {
            writer.Write("\n"u8);
        }

        var whole = false;
        try
        {
            format(writer);
            writer.Flush();
            whole = true;
        }
        finally
        {
            _torn = writer.HasWritten ? !whole : _torn;
        }
    }
}
