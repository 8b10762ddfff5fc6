namespace Dkron.Abstractions;

/// <summary>The types of options, each with its getter in <see cref="ProcessorConfig"/>.</summary>
public enum OptionType
{
    /// <summary>Any text: <see cref="ProcessorConfig.Text"/>.</summary>
    Text,

    /// <summary>Yes or no: <see cref="ProcessorConfig.Boolean"/>.</summary>
    Boolean,

    /// <summary>A whole number: <see cref="ProcessorConfig.Integer"/>.</summary>
    Integer,

    /// <summary>A length of time: <see cref="ProcessorConfig.Duration"/>.</summary>
    Duration,

    /// <summary>A number of bytes: <see cref="ProcessorConfig.Size"/>.</summary>
    Size,

    /// <summary>A text that is never shown or logged: <see cref="ProcessorConfig.Secret"/>.</summary>
    Secret,
}
