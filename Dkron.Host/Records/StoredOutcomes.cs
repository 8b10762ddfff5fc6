using System.Text.Json;
using System.Text.Json.Serialization;
using Dkron.Abstractions;

namespace Dkron.Host.Records;

/// <summary>The outcomes of an execution's steps and the JSON in which they are stored, which is made once and by whoever asks first.</summary>
/// <param name="list">By step; null where none was recorded yet.</param>
internal sealed partial class StoredOutcomes(IReadOnlyList<ProcessorOutcome?> list)
{
    private byte[]? _json;

    public static StoredOutcomes None { get; } = new([]);

    /// <summary>In UTF-8; null when there are none.</summary>
    public byte[]? Json => list.Count == 0 ? null : _json ??= JsonSerializer.SerializeToUtf8Bytes(list, OutcomeJson.Default.IReadOnlyListProcessorOutcome);

    /// <summary>The outcomes before the first step without one.</summary>
    public IReadOnlyList<ProcessorOutcome> Recorded => [.. list.TakeWhile(outcome => outcome is not null).Select(outcome => outcome!)];

    /// <summary>Makes the JSON on the caller's thread, so that the writer's need not.</summary>
    public static StoredOutcomes Written(IReadOnlyList<ProcessorOutcome?> list)
    {
        var outcomes = new StoredOutcomes(list);
        _ = outcomes.Json;
        return outcomes;
    }

    /// <summary>None when the text is damaged, which a checksum tells.</summary>
    public static StoredOutcomes Read(byte[]? json)
    {
        try
        {
            return json is null ? None : new StoredOutcomes(JsonSerializer.Deserialize(json, OutcomeJson.Default.IReadOnlyListProcessorOutcome) ?? []);
        }
        catch (JsonException)
        {
            return None;
        }
    }

    public StoredOutcomes With(int step, ProcessorOutcome outcome)
    {
        var outcomes = new ProcessorOutcome?[Math.Max(step + 1, list.Count)];
        for (var i = 0; i < list.Count; i++)
        {
            outcomes[i] = list[i];
        }

        outcomes[step] = outcome;
        return new StoredOutcomes(outcomes);
    }

    [JsonSourceGenerationOptions(UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(IReadOnlyList<ProcessorOutcome?>))]
    private sealed partial class OutcomeJson : JsonSerializerContext;
}
