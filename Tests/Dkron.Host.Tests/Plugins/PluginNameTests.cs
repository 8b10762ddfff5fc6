using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

public sealed class PluginNameTests
{
    [Theory]
    [InlineData("dkron-processor-files", "processor", "files")]
    [InlineData("dkron-processor-foo-bar", "processor", "foo-bar")]
    [InlineData("dkron-executor-http", "executor", "http")]
    [InlineData("dkron-processor-1_a", "processor", "1_a")]
    public void The_name_is_the_text_after_the_second_dash(string text, string type, string name)
    {
        PluginName.TryParse(text, out var parsed, out _).Should().BeTrue();

        parsed.Should().Be(new PluginName(type, name));
        parsed!.AssemblyName.Should().Be(text);
    }

    [Theory]
    [InlineData("dkron")]
    [InlineData("dkron-processor")]
    [InlineData("dkron-Processor-files")]
    [InlineData("other-processor-files")]
    [InlineData("")]
    public void What_is_not_meant_for_a_plugin_is_no_error(string text)
    {
        PluginName.TryParse(text, out _, out var error).Should().BeFalse();

        error.Should().BeNull();
    }

    [Theory]
    [InlineData("dkron-processor-", "'' is no name for a plugin: it begins with a lower-case letter")]
    [InlineData("dkron-processor-Files", "'Files' is no name for a plugin")]
    [InlineData("dkron-processor--x", "'-x' is no name for a plugin")]
    [InlineData("dkron-processor-a b", "'a b' is no name for a plugin")]
    [InlineData("dkron-processor-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "is longer than 64 characters")]
    public void A_wrong_name_is_refused_in_words(string text, string expected)
    {
        PluginName.TryParse(text, out _, out var error).Should().BeFalse();

        error.Should().Contain(expected);
    }
}
