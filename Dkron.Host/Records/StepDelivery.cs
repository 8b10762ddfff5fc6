namespace Dkron.Host.Records;

/// <summary>A step of an execution that did not work and is not forgotten: it waits for its next try, or was given up.</summary>
internal sealed record StepDelivery
{
    /// <summary>The execution's.</summary>
    public required long Key { get; init; }

    /// <summary>The step's index in the processors of the job as it was run.</summary>
    public required int Step { get; init; }

    public required string Processor { get; init; }

    /// <summary>How often it was tried so far.</summary>
    public required int Tries { get; init; }

    /// <summary>How many of them do not count any more, because an operator asked for it to be tried anew.</summary>
    public int EarlierTries { get; init; }

    /// <summary>When it is due, or when it was given up.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Why the last try did not work.</summary>
    public required string Reason { get; init; }

    public required DeliveryState State { get; init; }

    /// <summary>Whether the later steps wait for it, so that its input is the output of the execution as it is recorded.</summary>
    public bool Holds { get; init; }

    /// <summary>Whether its input is kept with it; otherwise it is what the command wrote, unless it <see cref="Holds"/>.</summary>
    public bool HasInput { get; init; }
}
