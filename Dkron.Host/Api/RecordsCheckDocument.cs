namespace Dkron.Host.Api;

/// <summary>What a check of the records found.</summary>
/// <param name="Path">The database.</param>
/// <param name="Whole">Whether all is as it was written.</param>
/// <param name="Findings">What is wrong; one sentence for each.</param>
internal sealed record RecordsCheckDocument(string Path, bool Whole, IReadOnlyList<string> Findings);
