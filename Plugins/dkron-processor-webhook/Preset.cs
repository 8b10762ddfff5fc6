namespace Dkron.Processors.Webhook;

/// <summary>Whose format the body has.</summary>
internal enum Preset
{
    /// <summary>A JSON document of our own, or the template in <c>body</c>.</summary>
    Json,

    /// <summary>An incoming webhook of Slack.</summary>
    Slack,

    /// <summary>A workflow or incoming webhook of Microsoft Teams.</summary>
    Teams,

    /// <summary>A webhook of Discord.</summary>
    Discord,
}
