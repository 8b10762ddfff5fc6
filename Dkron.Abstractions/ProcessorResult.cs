using System.Text;

namespace Dkron.Abstractions;

/// <summary>What a processor made of an execution. Immutable; made only by its static members.</summary>
public sealed class ProcessorResult
{
    private ProcessorResult(ProcessorResultKind kind) => Kind = kind;

    private ProcessorResult(ProcessorResult source)
    {
        Kind = source.Kind;
        Output = source.Output;
        Reason = source.Reason;
        After = source.After;
    }

    /// <summary>It worked, and the output goes on as it was. One shared instance: returning it allocates nothing.</summary>
    public static ProcessorResult Unchanged { get; } = new(ProcessorResultKind.Unchanged);

    /// <summary>Which of the static members made it.</summary>
    public ProcessorResultKind Kind { get; }

    /// <summary>The new output; empty unless <see cref="Kind"/> is <see cref="ProcessorResultKind.Output"/>.</summary>
    public ReadOnlyMemory<byte> Output { get; private init; }

    /// <summary>Why the chain stops or the step did not work; empty otherwise.</summary>
    public string Reason { get; private init; } = "";

    /// <summary>How long to wait before the next try; zero leaves it to the step's <c>retry_backoff</c>.</summary>
    public TimeSpan After { get; private init; }

    /// <summary>Notes about what was done, kept with the outcome: a file's path, a message's id.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; private init; } = ProcessorOutcome.NoTags;

    /// <summary>It worked, and this text (as UTF-8) is the output from now on.</summary>
    /// <param name="output">The new output. The host cuts what exceeds the job's <c>max_output</c> and says so.</param>
    /// <returns>The result.</returns>
    public static ProcessorResult WithOutput(string output)
    {
        ArgumentNullException.ThrowIfNull(output);
        return new(ProcessorResultKind.Output) { Output = Encoding.UTF8.GetBytes(output) };
    }

    /// <summary>It worked, and these bytes are the output from now on.</summary>
    /// <param name="output">The new output; the host copies it before the next processor is called.</param>
    /// <returns>The result.</returns>
    public static ProcessorResult WithOutput(ReadOnlyMemory<byte> output) => new(ProcessorResultKind.Output) { Output = output };

    /// <summary>It worked, and no later step shall run.</summary>
    /// <param name="reason">Why, in one sentence for an operator.</param>
    /// <returns>The result.</returns>
    public static ProcessorResult Stop(string reason) => WithReason(ProcessorResultKind.Stop, reason);

    /// <summary>It did not work yet, and trying again may help: a server that is down, a full queue.</summary>
    /// <param name="after">The least time to wait, zero or more; zero leaves it to the host.</param>
    /// <param name="reason">Why, in one sentence for an operator.</param>
    /// <returns>The result.</returns>
    /// <remarks>The host decides whether and when, by the step's <c>retries</c> and <c>retry_backoff</c>.</remarks>
    public static ProcessorResult Retry(TimeSpan after, string reason)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(after, TimeSpan.Zero);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new(ProcessorResultKind.Retry) { Reason = reason, After = after };
    }

    /// <summary>It did not work, and trying again would not help.</summary>
    /// <param name="reason">Why and what to do, in one sentence for an operator.</param>
    /// <returns>The result.</returns>
    /// <remarks>The output stays as it was; what happens next is said by the step's <c>on_error</c>.</remarks>
    public static ProcessorResult Fail(string reason) => WithReason(ProcessorResultKind.Fail, reason);

    /// <summary>The same result with one more note.</summary>
    /// <param name="key">The note's name; an earlier note of that name is replaced. Not empty.</param>
    /// <param name="value">The note.</param>
    /// <returns>A new result.</returns>
    public ProcessorResult WithTag(string key, string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        ArgumentNullException.ThrowIfNull(value);
        return new(this) { Tags = new Dictionary<string, string>(Tags, StringComparer.Ordinal) { [key] = value }.AsReadOnly() };
    }

    private static ProcessorResult WithReason(ProcessorResultKind kind, string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new(kind) { Reason = reason };
    }
}
