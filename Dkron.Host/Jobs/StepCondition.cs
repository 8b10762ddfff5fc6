namespace Dkron.Host.Jobs;

/// <summary>When a step is called at all.</summary>
internal enum StepCondition
{
    Always,

    /// <summary>The execution did not succeed.</summary>
    Failure,

    /// <summary>The execution succeeded.</summary>
    Success,

    /// <summary>The execution succeeded and the one before did not, or the other way round. The first of all counts as a change.</summary>
    Change,

    /// <summary>No further attempt follows.</summary>
    Final,
}
