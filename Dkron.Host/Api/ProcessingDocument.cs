namespace Dkron.Host.Api;

/// <summary>How it stands with results on their way through the processors.</summary>
internal sealed record ProcessingDocument
{
    /// <summary>How many executions are with their processors at this moment.</summary>
    public int InHand { get; init; }

    /// <summary>How many may be at a time; 0 when no agent runs.</summary>
    public int MaxInHand { get; init; }

    /// <summary>How many executions have a result whose processing has not ended, those in hand and those that wait for a step among them.</summary>
    public long Unfinished { get; init; }

    /// <summary>Since when results wait on disk because as many as may be are in hand; null when none do.</summary>
    public DateTimeOffset? FullSince { get; init; }

    /// <summary>How many steps did not work and are tried again by themselves.</summary>
    public long WaitingSteps { get; init; }

    /// <summary>How many steps were given up.</summary>
    public long DeadLetters { get; init; }
}
