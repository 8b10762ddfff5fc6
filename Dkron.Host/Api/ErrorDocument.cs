namespace Dkron.Host.Api;

/// <summary>Why a request was not answered.</summary>
/// <param name="Message">One sentence.</param>
internal sealed record ErrorDocument(string Message);
