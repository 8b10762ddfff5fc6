using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dkron.Abstractions;

namespace Dkron.Host.Api;

/// <summary>The one JSON shape of everything, on the wire and on stdout.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters =
    [
        typeof(UtcTimeConverter),
        typeof(SnakeCaseEnumConverter<ExecutionStatus>),
        typeof(SnakeCaseEnumConverter<ExecutionTrigger>),
        typeof(SnakeCaseEnumConverter<OutcomeState>),
        typeof(SnakeCaseEnumConverter<OptionType>),
    ])]
[JsonSerializable(typeof(IReadOnlyList<JobDocument>))]
[JsonSerializable(typeof(IReadOnlyList<ExecutionDocument>))]
[JsonSerializable(typeof(IReadOnlyList<PluginDocument>))]
[JsonSerializable(typeof(PluginDocument))]
[JsonSerializable(typeof(IReadOnlyList<DateTimeOffset>))]
[JsonSerializable(typeof(IReadOnlyList<DeadLetterDocument>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(ReprocessedDocument))]
[JsonSerializable(typeof(RecordsCheckDocument))]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(StartedDocument))]
[JsonSerializable(typeof(VersionDocument))]
[JsonSerializable(typeof(VerdictDocument))]
[JsonSerializable(typeof(ErrorDocument))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>Text stays readable: the answer is never a part of an HTML page, and says so with its content type.</summary>
    public static ApiJson Shape => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
