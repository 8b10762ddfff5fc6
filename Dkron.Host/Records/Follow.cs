namespace Dkron.Host.Records;

/// <summary>Whether something must follow an execution: a further attempt, or the job's children.</summary>
/// <param name="At">When; null when nothing must.</param>
internal readonly record struct Follow(DateTimeOffset? At);
