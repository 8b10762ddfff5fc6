namespace Dkron.Abstractions;

/// <summary>An optional power of a processor: say which options it takes, so that every job is checked before it runs.</summary>
public interface IDeclareOptions
{
    /// <summary>The options, in the order in which documentation lists them. Read once, after construction, from any thread.</summary>
    /// <remarks>An option that bears a key reserved by the host (see <see cref="ProcessorContext.Config"/>) refuses the plugin.</remarks>
    IReadOnlyList<ProcessorOption> Options { get; }

    /// <summary>Checks what a single option's declaration cannot say, such as two options that exclude each other.</summary>
    /// <param name="config">A step's configuration, each value already checked against its own declaration.</param>
    /// <returns>One sentence for each problem; empty when there is none.</returns>
    /// <remarks>Called for each step of each job at start and at each change of settings. Must not touch anything outside.</remarks>
    IReadOnlyList<string> Validate(ProcessorConfig config) => [];
}
