namespace Dkron.Host.Authoring;

/// <summary>An assembly that a plugin needs.</summary>
/// <param name="Name">Its simple name.</param>
/// <param name="Version">The version that the plugin was built against.</param>
/// <param name="Source"><c>contract</c>, <c>plugin</c> when it lies in the plugin's folder, <c>framework</c>, or <c>missing</c>.</param>
internal sealed record ReferenceDocument(string Name, string Version, string Source);
