using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dkron.Host.Api;

/// <summary>Enumerations as <c>timed_out</c>.</summary>
internal sealed class SnakeCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
