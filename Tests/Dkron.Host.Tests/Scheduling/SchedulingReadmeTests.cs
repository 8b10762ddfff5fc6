namespace Dkron.Host.Tests.Scheduling;

public sealed class SchedulingReadmeTests
{
    [Fact]
    public void Every_due_time_in_the_readme_is_true()
    {
        var examples = Rows().Where(cells => cells.Length == 4 && cells[0].StartsWith('`') && cells[2].EndsWith('Z')).ToArray();

        examples.Should().HaveCountGreaterThan(10).And.AllSatisfy(cells =>
        {
            var expected = cells[3].Split(", ");
            Times.Following(cells[0].Trim('`'), cells[1], cells[2], expected.Length).Should().Equal(expected, "the readme says so of {0}", cells[0]);
        });
    }

    [Fact]
    public void Every_refusal_in_the_readme_is_true()
    {
        var refusals = Rows().SkipWhile(cells => cells[0] != "refused").Skip(2).TakeWhile(cells => cells.Length == 2).ToArray();

        refusals.Should().HaveCountGreaterThan(4).And.AllSatisfy(cells => Times.Error(cells[0].Trim('`')).Should().StartWith(cells[1]));
    }

    private static IEnumerable<string[]> Rows()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Dkron.sln")))
        {
            folder = folder.Parent;
        }

        return File.ReadLines(Path.Combine(folder.FullName, "Dkron.Host", "Scheduling", "README.md"))
            .Where(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));
    }
}
