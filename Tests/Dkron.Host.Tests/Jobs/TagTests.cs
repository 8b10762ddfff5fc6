namespace Dkron.Host.Tests.Jobs;

public sealed class TagTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The meaning of values is from Dkron's tags.go and tags_test.go.
    [Theory]
    [InlineData("{}", "web", true)]
    [InlineData("""{ "role": "web" }""", "web", true)]
    [InlineData("""{ "role": "web" }""", "web:1", true)]
    [InlineData("""{ "role": "web" }""", "web:0", false)]
    [InlineData("""{ "role": "web" }""", "web:b:c", true)]
    [InlineData("""{ "role": "web" }""", "db", false)]
    [InlineData("""{ "role": "web" }""", "Web", false)]
    [InlineData("""{ "zone": "eu" }""", "web", false)]
    public void Tags_select_nodes_that_have_tags(string node, string tag, bool isSelected)
    {
        _folder.Write($$"""{ "Dkron": { "Tags": {{node}} }, "Jobs": { "nightly": { "command": "x", "schedule": "@daily", "tags": { "role": "{{tag}}" } } } }""");

        var job = _folder.Job();

        (job.NotSelected is null).Should().Be(isSelected);
    }

    [Fact]
    public void All_tags_must_match()
    {
        _folder.Write("""{ "Dkron": { "Tags": { "role": "web", "zone": "eu" } }, "Jobs": { "nightly": { "command": "x", "schedule": "@daily", "tags": { "role": "web", "zone": "us" } } } }""");

        _folder.Job().NotSelected.Should().Be("it wants a node with the tag zone=us, and this one has zone=eu");
    }
}
