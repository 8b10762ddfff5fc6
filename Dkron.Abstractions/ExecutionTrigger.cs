namespace Dkron.Abstractions;

/// <summary>What made an execution run.</summary>
public enum ExecutionTrigger
{
    /// <summary>The job's schedule.</summary>
    Schedule,

    /// <summary>A person or a program asked for it.</summary>
    Manual,

    /// <summary>The job's parent succeeded.</summary>
    Parent,
}
