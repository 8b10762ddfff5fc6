using Dkron.Abstractions;

namespace Dkron.Processors.Notices;

/// <summary>What a step has told so far, or what its receivers were sent. Immutable.</summary>
internal sealed record NoticeState
{
    public static readonly NoticeState Unknown = new();

    /// <summary>Whether they know the job as failing; null when nothing is known.</summary>
    public bool? Failing { get; init; }

    /// <summary>How many notices were held back since the last one they got.</summary>
    public long HeldBack { get; init; }

    /// <summary>The last one that was held back, so that a repeat is not counted twice.</summary>
    public string LastHeldBack { get; init; } = "";

    /// <summary>When notices went out, and for which invocation, oldest first.</summary>
    public IReadOnlyList<(DateTimeOffset At, string Invocation)> Sent { get; init; } = [];

    /// <summary>Nothing that would not be thought anyway.</summary>
    public bool IsTrivial => Failing != true && HeldBack == 0 && Sent.Count == 0;

    /// <summary>Whether the firing before failed. An attempt before within the same firing says nothing about that.</summary>
    public bool FailedBefore(ExecutionInfo execution) => Failing ?? (execution.Attempt == 1 && execution.PreviousStatus is { } status && Occasions.IsFailure(status));

    /// <summary>What they know after they were told of this, or did not want to be.</summary>
    public NoticeState After(NoticeEvent what) => what switch
    {
        NoticeEvent.Failure => this with { Failing = true },
        NoticeEvent.Success or NoticeEvent.Recovery => this with { Failing = false },
        _ => this,
    };

    public NoticeState Without(string invocation) => this with { Sent = [.. Sent.Where(one => one.Invocation != invocation)] };
}
