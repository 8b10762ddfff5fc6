using Dkron.Testing;
using PublicApiGenerator;

namespace Dkron.Host.Tests.Testing;

public sealed class PublicApiTests
{
    [Fact]
    public void The_test_kit_is_what_was_approved()
    {
        var approved = Path.Combine(AppContext.BaseDirectory, "Dkron.Testing.approved.txt");

        var actual = typeof(ProcessorTestHost).Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false });

        File.WriteAllText(Path.ChangeExtension(approved, ".received.txt"), actual);
        actual.ReplaceLineEndings().Should().Be(File.ReadAllText(approved).ReplaceLineEndings(), "a change of the test kit must be a visible change of Tests/Dkron.Host.Tests/Dkron.Testing.approved.txt");
    }
}
