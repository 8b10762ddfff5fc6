namespace Dkron.Testing;

/// <summary>What came of swapping versions while calls went on.</summary>
public sealed record SwapReport
{
    /// <summary>Every call that was made, in no particular order.</summary>
    public required IReadOnlyList<ProcessorCall> Calls { get; init; }

    /// <summary>How often another version was made current.</summary>
    public required int Swaps { get; init; }

    /// <summary>The calls that did not work.</summary>
    public IReadOnlyList<ProcessorCall> Failed => [.. Calls.Where(call => call.State is not (Abstractions.OutcomeState.Succeeded or Abstractions.OutcomeState.Stopped))];

    /// <summary>Checks that each call worked, whichever version it met.</summary>
    /// <returns>This report.</returns>
    /// <exception cref="ProcessorTestException">One did not; the message tells of the first.</exception>
    public SwapReport EnsureAllWorked() => Failed is [var first, ..]
        ? throw new ProcessorTestException($"{Failed.Count} of {Calls.Count} calls did not work while versions were swapped; the first, in version {first.Version} #{first.Generation}, ended as {first.State}: {first.Reason}")
        : this;
}
