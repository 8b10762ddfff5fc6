namespace Dkron.Abstractions;

/// <summary>A configuration value is missing or wrong. The message names the key, the value and what was expected.</summary>
public sealed class ProcessorConfigException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="key">The option's name.</param>
    /// <param name="message">The whole sentence. Must not hold a secret.</param>
    public ProcessorConfigException(string key, string message)
        : base(message) => Key = key;

    /// <summary>The option's name.</summary>
    public string Key { get; }
}
