using Dkron.Abstractions;
using PublicApiGenerator;

namespace Dkron.Host.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_contract_is_what_was_approved()
    {
        var approved = Path.Combine(AppContext.BaseDirectory, "Dkron.Abstractions.approved.txt");

        var actual = typeof(IExecutionProcessor).Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false });

        File.WriteAllText(Path.ChangeExtension(approved, ".received.txt"), actual);
        actual.ReplaceLineEndings().Should().Be(File.ReadAllText(approved).ReplaceLineEndings(), "a change of the contract must be a visible change of Tests/Dkron.Host.Tests/Dkron.Abstractions.approved.txt");
    }
}
