namespace Dkron.Host.Api;

/// <summary>One entry of a job's processors.</summary>
/// <param name="Name">The processor.</param>
/// <param name="Settings">Its configuration and those reserved keys that differ from their default, as text; secrets are masked.</param>
internal sealed record StepDocument(string Name, IReadOnlyList<KeyValuePair<string, string>> Settings);
