using System.Text;
using Dkron.Host.Api;

namespace Dkron.Host.Tests.Api;

/// <summary>The output of a command that runs as long as the test wants.</summary>
internal sealed class GrowingOutput
{
    private readonly Lock _gate = new();
    private readonly List<byte> _bytes = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    public LiveBytes Live => new(Read, WaitAsync);

    /// <summary>Up to here nothing is kept any more.</summary>
    public int Forgotten { get; set; }

    public void Append(string text) => Change(() => _bytes.AddRange(Encoding.UTF8.GetBytes(text)));

    public void End() => Change(() => _ended = true);

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            _more.TrySetResult();
            _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private LivePiece Read(long offset, Memory<byte> buffer)
    {
        lock (_gate)
        {
            var from = Math.Max((int)offset, Forgotten);
            var data = _bytes.Skip(from).Take(buffer.Length).ToArray();
            data.CopyTo(buffer);
            return new LivePiece(from, data.Length, _ended && from + data.Length == _bytes.Count);
        }
    }

    private Task WaitAsync(long offset, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _ended || _bytes.Count > offset ? Task.CompletedTask : _more.Task.WaitAsync(cancellationToken);
        }
    }
}
