using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>Plugins as a table, or as JSON.</summary>
internal static class PluginRows
{
    public static void Write(IReadOnlyList<PluginDocument> plugins, Screen screen, bool isJson)
    {
        if (isJson)
        {
            screen.WriteJson(plugins, ApiJson.Shape.IReadOnlyListPluginDocument);
            return;
        }

        var rows = new Rows("NAME", "TYPE", "VERSION", "STATE", "LOCATION", "REMARKS");
        foreach (var plugin in plugins)
        {
            var remarks = plugin.Error is null ? plugin.Warnings : [plugin.Error, .. plugin.Warnings];
            rows.Add(plugin.Name, plugin.Type, plugin.Version, plugin.State, plugin.Location, string.Join("; ", remarks));
        }

        screen.Write(rows);
    }
}
