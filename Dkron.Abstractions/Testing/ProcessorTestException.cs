namespace Dkron.Testing;

/// <summary>A plugin did not do what the test, or the host, asks of it. The message says what, and what to do about it.</summary>
public sealed class ProcessorTestException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">What is wrong, and what to do about it.</param>
    public ProcessorTestException(string message)
        : base(message)
    {
    }
}
