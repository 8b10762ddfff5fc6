using System.Text.Json;

namespace Dkron.Host.Jobs.Settings;

/// <summary>Writes settings as JSON, scalars as they were written.</summary>
internal static class SettingWriter
{
    public static void Write(Utf8JsonWriter writer, SettingNode node)
    {
        switch (node.Kind)
        {
            case SettingKind.Object:
                writer.WriteStartObject();
                foreach (var (key, member) in node.Members)
                {
                    writer.WritePropertyName(key);
                    Write(writer, member);
                }

                writer.WriteEndObject();
                break;
            case SettingKind.Array:
                writer.WriteStartArray();
                node.Items.ForEach(item => Write(writer, item));
                writer.WriteEndArray();
                break;
            case SettingKind.Null:
                writer.WriteNullValue();
                break;
            case SettingKind.Text:
                writer.WriteStringValue(node.Text);
                break;
            default:
                writer.WriteRawValue(node.Text);
                break;
        }
    }
}
