using Dkron.Host.Plugins;

namespace Dkron.Host.Tests.Plugins;

public sealed class GenerationContentTests
{
    [Fact]
    public void What_never_had_a_load_context_is_gone_when_it_is_let_go_of_and_not_before()
    {
        var content = new GenerationContent();
        var before = content.IsGone;

        content.Unload();

        before.Should().BeFalse("it may still be loaded");
        content.IsGone.Should().BeTrue();
    }
}
