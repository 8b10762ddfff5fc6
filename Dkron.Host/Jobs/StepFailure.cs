namespace Dkron.Host.Jobs;

/// <summary>What a step that did not work means for the chain.</summary>
internal enum StepFailure
{
    /// <summary>The output stays as before the step, and the next step runs.</summary>
    Continue,

    /// <summary>The chain ends.</summary>
    Stop,

    /// <summary>The chain ends, and the execution counts as failed.</summary>
    Fail,
}
