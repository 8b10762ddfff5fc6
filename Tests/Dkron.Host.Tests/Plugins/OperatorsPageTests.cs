using System.Reflection;
using System.Text.RegularExpressions;
using Dkron.Host.Plugins;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Tests.Plugins;

public sealed partial class OperatorsPageTests
{
    private static string Page
    {
        get
        {
            var metadata = typeof(OperatorsPageTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(attribute => attribute.Key, attribute => attribute.Value);
            return File.ReadAllText(Path.Combine(metadata["TestPluginsFolder"]!, "..", "..", "Dkron.Host", "Plugins", "README-operators.md"));
        }
    }

    [Fact]
    public void Every_message_of_plugins_is_explained_and_no_other()
    {
        var written = typeof(PluginRegistry).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(PluginRegistry).Namespace)
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId)
            .OfType<int>();

        MessageId().Matches(Page).Select(match => int.Parse(match.Value, System.Globalization.CultureInfo.InvariantCulture)).Should().BeEquivalentTo(written);
    }

    [Fact]
    public void Every_setting_of_plugins_is_explained()
    {
        var settings = typeof(PluginOptions).GetProperties().Select(property => property.Name);

        settings.Should().OnlyContain(setting => Page.Contains($"`{setting}", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\b6\d{3}\b")]
    private static partial Regex MessageId();
}
