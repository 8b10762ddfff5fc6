using Dkron.Host.Records;

namespace Dkron.Host.Api;

/// <summary>A step of an execution that did not work: it waits for its next try, or was given up.</summary>
internal sealed record DeadLetterDocument
{
    public required string Execution { get; init; }

    public required string JobName { get; init; }

    /// <summary>The step's index in the job's processors, from 0.</summary>
    public required int Step { get; init; }

    public required string Processor { get; init; }

    /// <summary>Whether it was given up; otherwise it is tried again by itself.</summary>
    public required bool GivenUp { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Tries { get; init; }

    /// <summary>When it was given up, or is tried again.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Why the last try did not work.</summary>
    public required string Reason { get; init; }

    public static DeadLetterDocument Of(ExecutionDelivery one) => new()
    {
        Execution = one.ExecutionId,
        JobName = one.JobName,
        Step = one.Delivery.Step,
        Processor = one.Delivery.Processor,
        GivenUp = one.Delivery.State == DeliveryState.Dead,
        Tries = one.Delivery.Tries,
        At = one.Delivery.At,
        Reason = one.Delivery.Reason,
    };
}
