namespace Dkron.Host.Execution.Native;

/// <summary>What the event loop calls when a watched descriptor is ready.</summary>
internal interface IEventSource
{
    /// <summary>Runs on the loop's one thread: never blocks, never throws, never runs foreign code.</summary>
    /// <param name="buffer">The loop's own, for use during the call.</param>
    void OnReady(Span<byte> buffer);
}
