namespace Dkron.Host.Plugins;

/// <summary>The calls into a plugin that make it ready, one after another, and which of them is on its way.</summary>
/// <remarks>Those that end at once share a thread: under load, each change of threads is a wait.</remarks>
internal sealed class PreparationSteps(IReadOnlyList<PreparationSteps.Step> steps, TimeProvider time)
{
    private volatile int _begun;
    private long _beganAt;

    /// <summary>Whether all have been called.</summary>
    public bool AreDone => _begun == steps.Count;

    /// <summary>The one that was called last.</summary>
    public Step Current => steps[Math.Max(0, _begun - 1)];

    /// <summary>For how long that has been on its way.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(Volatile.Read(ref _beganAt));

    /// <summary>Calls those that are left, up to one that does not end at once, or until it is told to stop.</summary>
    public ValueTask GoOn(CancellationToken cancellationToken)
    {
        do
        {
            Volatile.Write(ref _beganAt, time.GetTimestamp());
            var pending = steps[_begun++].Call(cancellationToken);
            if (!pending.IsCompletedSuccessfully || AreDone)
            {
                return pending;
            }
        }
        while (!cancellationToken.IsCancellationRequested);
        return default;
    }

    /// <summary>One call.</summary>
    /// <param name="What">Its name in a sentence.</param>
    /// <param name="Remedy">What its author can do when it does not end.</param>
    /// <param name="Call">The call itself.</param>
    internal sealed record Step(string What, string Remedy, Func<CancellationToken, ValueTask> Call);
}
