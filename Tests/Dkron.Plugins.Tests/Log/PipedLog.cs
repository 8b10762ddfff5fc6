using System.Globalization;
using System.IO.Pipes;
using System.Text;
using Dkron.Processors.Logging;

namespace Dkron.Plugins.Tests.Log;

/// <summary>The processor with two pipes in place of stdout and stderr.</summary>
internal sealed class PipedLog : IAsyncDisposable
{
    private readonly AnonymousPipeServerStream _output = new(PipeDirection.In);
    private readonly AnonymousPipeServerStream _errors = new(PipeDirection.In);

    public PipedLog() => Processor = new LogProcessor(new StandardStream("stdout", Descriptor(_output), new object()), new StandardStream("stderr", Descriptor(_errors), new object()));

    public LogProcessor Processor { get; }

    /// <summary>Ends the reading of stdout, as a program in a shell's pipe does that has seen enough.</summary>
    public void StopReading() => _output.Dispose();

    public Stream Output => _output;

    public async Task<(string Output, string Errors)> ReadToEndAsync()
    {
        _output.DisposeLocalCopyOfClientHandle();
        _errors.DisposeLocalCopyOfClientHandle();
        return (await ReadAsync(_output), await ReadAsync(_errors));
    }

    /// <summary>Reads stdout while it is written to; what it gives ends the writing and waits for the rest.</summary>
    public Func<Task<string>> ReadToEndAsyncInBackground()
    {
        var reading = Task.Run(() => ReadAsync(_output));
        return () =>
        {
            _output.DisposeLocalCopyOfClientHandle();
            return reading;
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Processor.DisposeAsync();
        await _output.DisposeAsync();
        await _errors.DisposeAsync();
    }

    private static int Descriptor(AnonymousPipeServerStream pipe) => int.Parse(pipe.GetClientHandleAsString(), CultureInfo.InvariantCulture);

    private static async Task<string> ReadAsync(Stream stream)
    {
        // Latin-1 keeps every byte apart.
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }
}
