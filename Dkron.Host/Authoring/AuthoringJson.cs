using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dkron.Abstractions;
using Dkron.Host.Api;

namespace Dkron.Host.Authoring;

/// <summary>The JSON of what is only told on stdout, in the shape of <see cref="ApiJson"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(SnakeCaseEnumConverter<OptionType>)])]
[JsonSerializable(typeof(CheckDocument))]
[JsonSerializable(typeof(HashDocument))]
[JsonSerializable(typeof(InspectDocument))]
[JsonSerializable(typeof(InstallDocument))]
internal sealed partial class AuthoringJson : JsonSerializerContext
{
    public static AuthoringJson Shape => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
