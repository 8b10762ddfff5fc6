namespace Dkron.Host.Api;

/// <summary>What is processed again.</summary>
/// <param name="Executions">The ids of those that were taken on.</param>
/// <param name="PassedOver">Why others were not; one sentence for each.</param>
internal sealed record ReprocessedDocument(IReadOnlyList<string> Executions, IReadOnlyList<string> PassedOver);
