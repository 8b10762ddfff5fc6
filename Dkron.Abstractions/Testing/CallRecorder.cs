using System.Runtime.CompilerServices;
using Dkron.Abstractions;

namespace Dkron.Testing;

/// <summary>Makes one call as the host's chain does, and copies what came of it.</summary>
internal static class CallRecorder
{
    public static async Task<ProcessorCall> CallAsync(LoadedVersion version, ExecutionBuilder execution, TestLog log, ProcessorTestSettings settings, CancellationToken cancellationToken)
    {
        var invocation = Guid.NewGuid().ToString("N");
        var context = execution.Build(log.ForCall(invocation));
        var call = new ProcessorCall { State = OutcomeState.Failed, OutputBytes = default, Duration = default, Version = version.Version, Generation = version.Number };
        var copied = call with { Reason = "it returned nothing" };
        var start = TimeProvider.System.GetTimestamp();
        var (ended, fault) = await Guard.CallAsync(async token => copied = await CallAsync(version, context, call, token), execution.CallTimeout, settings.AbandonGrace, cancellationToken);
        var duration = TimeProvider.System.GetElapsedTime(start);
        var isLate = duration >= execution.CallTimeout;
        var result = !ended ? call with { State = OutcomeState.TimedOut, Reason = $"it did not end within {settings.AbandonGrace.TotalSeconds:0.###} s after its token was cancelled: the host would abandon it" }
            : fault is null ? copied
            : call with { State = isLate ? OutcomeState.TimedOut : OutcomeState.Failed, Reason = isLate ? "its time was up" : fault.Summary, Exception = fault.Details };
        return result with
        {
            Duration = duration,
            OutputBytes = result.Kind == ProcessorResultKind.Output ? result.OutputBytes : Bytes(context.Output),
            Log = log.EntriesOf(invocation),
        };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<ProcessorCall> CallAsync(LoadedVersion version, ProcessorContext context, ProcessorCall call, CancellationToken token) =>
        await version.Processor.ProcessAsync(context, token) is { } result ? Copy(call, result) : call with { Reason = "it returned null" };

    private static ProcessorCall Copy(ProcessorCall call, ProcessorResult result) => call with
    {
        Kind = result.Kind,
        State = result.Kind switch
        {
            ProcessorResultKind.Unchanged or ProcessorResultKind.Output => OutcomeState.Succeeded,
            ProcessorResultKind.Stop => OutcomeState.Stopped,
            ProcessorResultKind.Retry => OutcomeState.Retrying,
            _ => OutcomeState.Failed,
        },
        Reason = result.Reason is { Length: > 0 } reason ? reason : null,
        After = result.After,
        OutputBytes = result.Output.ToArray(),
        Tags = new Dictionary<string, string>(result.Tags),
    };

    private static byte[] Bytes(ExecutionOutput output)
    {
        using var stream = output.OpenRead();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
