using Dkron.Host.Execution.Output;

namespace Dkron.Host.Tests.Execution;

public sealed class OutputLeftoverTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dkron-leftover-").FullName;

    private string Output => Path.Combine(_folder, "1.out");

    private string Growing => FileRegion.GrowingPath(Output);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_a_file_there_is_nothing()
    {
        OutputLeftover.Take(Output, 100).Should().BeNull();
        File.WriteAllBytes(Growing, []);
        OutputLeftover.Take(Output, 100).Should().BeNull();
    }

    [Fact]
    public void What_was_written_is_kept_with_a_mark_at_its_end()
    {
        File.WriteAllText(Growing, "so far");

        OutputLeftover.Take(Output, 100)!.ToString().Should().StartWith("so far\n[dkron: the host was killed here");

        File.Exists(Growing).Should().BeFalse();
        File.Exists(Output).Should().BeTrue();
    }

    [Fact]
    public void Where_the_room_was_full_a_mark_parts_the_head_from_what_may_not_be_in_order()
    {
        File.WriteAllText(Growing, "heads" + "liat");

        OutputLeftover.Take(Output, 9)!.ToString().Should().Match("heads\n?dkron: bytes are cut here*\nliat\n?dkron: the host was killed here*");
    }

    [Fact]
    public void A_file_that_was_complete_stays_as_it_is()
    {
        File.WriteAllText(Output, "all of it");

        OutputLeftover.Take(Output, 4)!.ToString().Should().Be("all of it");
    }
}
