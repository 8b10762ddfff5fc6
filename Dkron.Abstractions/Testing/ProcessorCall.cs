using System.Text;
using Dkron.Abstractions;

namespace Dkron.Testing;

/// <summary>What one call of a processor did, copied out of it: nothing in here holds anything of the plugin.</summary>
public sealed record ProcessorCall
{
    private string Described => $"the call ended as {State}{(Reason is null ? "" : $": {Reason}")}{(Exception is null ? "" : $"\n{Exception}")}";

    /// <summary>What the host would have recorded.</summary>
    public required OutcomeState State { get; init; }

    /// <summary>What the processor returned; null when it returned nothing, threw, or did not end.</summary>
    public ProcessorResultKind? Kind { get; init; }

    /// <summary>Why it failed, retries or stopped; null when it simply worked.</summary>
    public string? Reason { get; init; }

    /// <summary>What it threw, with stack traces; null when it did not.</summary>
    public string? Exception { get; init; }

    /// <summary>The least time that <see cref="ProcessorResult.Retry"/> asks to wait.</summary>
    public TimeSpan After { get; init; }

    /// <summary>The output that the next step would get, in bytes.</summary>
    public required ReadOnlyMemory<byte> OutputBytes { get; init; }

    /// <summary>The output that the next step would get, as text.</summary>
    public string Output => Encoding.UTF8.GetString(OutputBytes.Span);

    /// <summary>What it noted with <see cref="ProcessorResult.WithTag"/>.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>What it wrote to the log of the call.</summary>
    public IReadOnlyList<TestLogEntry> Log { get; init; } = [];

    /// <summary>From the call to its end.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Which version of the plugin was called.</summary>
    public required string Version { get; init; }

    /// <summary>Which load of the plugin was called, from 1.</summary>
    public required int Generation { get; init; }

    /// <summary>Checks that the call worked.</summary>
    /// <returns>This call.</returns>
    /// <exception cref="ProcessorTestException">It did not; the message says why.</exception>
    public ProcessorCall EnsureWorked() => State is OutcomeState.Succeeded or OutcomeState.Stopped ? this : throw new ProcessorTestException($"The call should have worked, but {Described}");

    /// <summary>Checks that a text, such as a password, is nowhere in what the call left behind.</summary>
    /// <param name="secret">The text.</param>
    /// <returns>This call.</returns>
    /// <exception cref="ProcessorTestException">It is; the message says where.</exception>
    public ProcessorCall EnsureNowhere(string secret)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        var places = new (string Place, IEnumerable<string?> Texts)[]
        {
            ("the output", [Output]),
            ("the reason", [Reason]),
            ("the exception", [Exception]),
            ("a tag", Tags.SelectMany(tag => new[] { tag.Key, tag.Value })),
            ("the log", Log.SelectMany(entry => new[] { entry.Message, entry.Exception })),
        };
        var found = places.Where(place => place.Texts.Any(text => text?.Contains(secret, StringComparison.Ordinal) == true)).Select(place => place.Place).ToList();
        return found.Count == 0 ? this : throw new ProcessorTestException($"The secret should be nowhere, but it is in {string.Join(" and ", found)}: outputs, outcomes and logs are shown to whoever may see the job.");
    }
}
