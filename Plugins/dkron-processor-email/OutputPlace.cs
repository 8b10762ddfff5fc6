namespace Dkron.Processors.Email;

/// <summary>Where in a mail the output goes.</summary>
internal enum OutputPlace
{
    Inline,
    Attach,
    None,
}
