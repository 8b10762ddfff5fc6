using System.Text.Json;
using System.Text.Json.Serialization;
using Dkron.Abstractions;

namespace Dkron.Host.Records;

/// <summary>Outcomes as JSON, the form in which they are stored.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ProcessorOutcome?>))]
internal sealed partial class OutcomeText : JsonSerializerContext
{
    public static string? Write(IReadOnlyList<ProcessorOutcome?> outcomes) =>
        outcomes.Count == 0 ? null : JsonSerializer.Serialize(outcomes, Default.IReadOnlyListProcessorOutcome);

    /// <exception cref="JsonException">The text is damaged.</exception>
    public static IReadOnlyList<ProcessorOutcome?> Read(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize(text, Default.IReadOnlyListProcessorOutcome) ?? [];
}
