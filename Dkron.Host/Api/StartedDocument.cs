namespace Dkron.Host.Api;

/// <summary>What was started.</summary>
/// <param name="Executions">The ids of the executions.</param>
internal sealed record StartedDocument(IReadOnlyList<string> Executions);
