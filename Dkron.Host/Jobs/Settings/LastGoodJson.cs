using System.Text.Json.Serialization;

namespace Dkron.Host.Jobs.Settings;

/// <summary>How the first line of the last good settings is written.</summary>
[JsonSerializable(typeof(LastGoodHeader))]
internal sealed partial class LastGoodJson : JsonSerializerContext;
