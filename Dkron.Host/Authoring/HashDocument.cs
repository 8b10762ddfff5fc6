namespace Dkron.Host.Authoring;

/// <summary>The hash of a plugin's files.</summary>
/// <param name="Location">The plugin's folder, or its dropped-in dll.</param>
/// <param name="TreeHash">The SHA-256, for <c>Dkron:Plugins:Allow</c>.</param>
internal sealed record HashDocument(string Location, string TreeHash);
