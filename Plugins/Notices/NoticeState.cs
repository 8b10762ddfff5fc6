using Dkron.Abstractions;

namespace Dkron.Processors.Notices;

/// <summary>What a step has told so far, or what its receivers were sent. Immutable.</summary>
internal sealed record NoticeState
{
    public static readonly NoticeState Unknown = new();

    /// <summary>Whether they know the job as failing; null when nothing is known.</summary>
    public bool? Failing { get; init; }

    /// <summary>When the newest execution began that they know of: the repeat of an older one's notice changes nothing of what they know.</summary>
    public DateTimeOffset? Newest { get; init; }

    /// <summary>The last notice that some have and others are still to get, and what it tells: its repeat tells the same, whatever they know by then.</summary>
    public (string Invocation, NoticeEvent What)? Begun { get; init; }

    /// <summary>How many notices were held back since the last one they got.</summary>
    public long HeldBack { get; init; }

    /// <summary>The last one that was held back, so that a repeat is not counted twice.</summary>
    public string LastHeldBack { get; init; } = "";

    /// <summary>When notices went out, and for which invocation, oldest first.</summary>
    public IReadOnlyList<(DateTimeOffset At, string Invocation)> Sent { get; init; } = [];

    /// <summary>Nothing that would not be thought anyway.</summary>
    public bool IsTrivial => Failing != true && Begun is null && HeldBack == 0 && Sent.Count == 0;

    /// <summary>Whether the firing before failed. An attempt before within the same firing says nothing about that.</summary>
    public bool FailedBefore(ExecutionInfo execution) => Failing ?? (execution.Attempt == 1 && execution.PreviousStatus is { } status && Occasions.IsFailure(status));

    /// <summary>What they know after they were told of this, or did not want to be.</summary>
    public NoticeState After(ExecutionInfo execution, NoticeEvent what) => what is NoticeEvent.Failure or NoticeEvent.Success or NoticeEvent.Recovery && !(execution.StartedAt < Newest)
        ? this with { Failing = what is NoticeEvent.Failure, Newest = execution.StartedAt }
        : this;

    /// <summary>What they know after some were told of this.</summary>
    public NoticeState Begin(string invocation, ExecutionInfo execution, NoticeEvent what) => HasBegun(invocation) ? this : After(execution, what) with { Begun = (invocation, what) };

    /// <summary>What they know after all were told of this who can be.</summary>
    public NoticeState End(string invocation, ExecutionInfo execution, NoticeEvent what) => HasBegun(invocation) ? this with { Begun = null } : After(execution, what);

    public bool HasBegun(string invocation) => Begun?.Invocation == invocation;

    public NoticeState Without(string invocation) => this with { Sent = [.. Sent.Where(one => one.Invocation != invocation)] };
}
