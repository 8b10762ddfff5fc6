namespace Dkron.Host.Api;

/// <summary>What was asked for cannot be done. The message is one sentence for an operator: what, and what to do.</summary>
internal sealed class ControlException(ControlError error, string message, Exception? cause = null) : Exception(message, cause)
{
    public ControlError Error { get; } = error;
}
