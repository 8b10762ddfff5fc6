namespace Dkron.Host.Records;

/// <summary>How a step stands that did not work.</summary>
internal enum DeliveryState
{
    /// <summary>It is tried again when its time has come.</summary>
    Waiting,

    /// <summary>It was given up: only an operator lets it be tried again.</summary>
    Dead,
}
