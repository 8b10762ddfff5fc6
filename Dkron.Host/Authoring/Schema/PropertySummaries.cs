using System.Reflection;
using System.Xml.Linq;

namespace Dkron.Host.Authoring.Schema;

/// <summary>What the documentation says of an option, from the file that the build lays beside the program. Without that file it says nothing.</summary>
internal sealed class PropertySummaries
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    public PropertySummaries()
    {
        var file = Path.Combine(AppContext.BaseDirectory, typeof(PropertySummaries).Assembly.GetName().Name + ".xml");
        if (File.Exists(file))
        {
            foreach (var member in XDocument.Load(file).Descendants("member"))
            {
                _texts[member.Attribute("name")?.Value ?? ""] = Text(member.Element("summary"));
            }
        }
    }

    public string Of(PropertyInfo property) => _texts.GetValueOrDefault($"P:{property.DeclaringType?.FullName}.{property.Name}", "");

    private static string Text(XElement? summary) => summary is null ? "" : string.Join(' ', string.Concat(summary.Nodes().Select(Text)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => see.Attribute("cref")?.Value.Split('.')[^1] ?? "",
        XElement element => element.Value,
        _ => "",
    };
}
