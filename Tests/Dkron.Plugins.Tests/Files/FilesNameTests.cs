using Dkron.Abstractions;

namespace Dkron.Plugins.Tests.Files;

public sealed class FilesNameTests : IAsyncDisposable
{
    private readonly FilesSetup _files = new();

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("..")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData(".hidden")]
    [InlineData("a\0b\nc\\d")]
    [InlineData("")]
    public async Task No_value_leaves_the_folder(string hostile)
    {
        var context = Some.Context(execution: hostile, node: hostile, config: [("log_dir", _files.LogDir), ("pattern", "{node}/{execution}")]);

        var result = await _files.WriteAsync(context);

        result.Kind.Should().Be(ProcessorResultKind.Output, result.Reason);
        _files.Files().Should().ContainSingle().Which.Split('/').Should().HaveCount(2).And.NotContain(name => name.StartsWith('.'));
        Directory.EnumerateFileSystemEntries(_files.Folder.Path).Should().Equal(_files.LogDir);
    }

    [Fact]
    public async Task The_longest_names_still_make_a_file_and_stay_apart()
    {
        var (one, two) = (new string('ß', 127) + "a", new string('ß', 127) + "b"); // a job's name may have 128 letters

        await _files.WriteAsync(Some.Context("1", one, Some.Id(1, new string('n', 250)), config: ("log_dir", _files.LogDir)));
        await _files.WriteAsync(Some.Context("2", two, Some.Id(1, new string('n', 250)), config: ("log_dir", _files.LogDir)));

        _files.Files().Should().HaveCount(2);
    }

    [Fact]
    public async Task A_link_in_the_folder_is_not_followed_out_of_it()
    {
        var outside = _files.Folder.At("outside");
        Directory.CreateDirectory(outside);
        Directory.CreateDirectory(_files.LogDir);
        Directory.CreateSymbolicLink(Path.Combine(_files.LogDir, "nightly"), outside);

        var result = await _files.WriteAsync(config: ("pattern", "{job}/{execution}.log"));

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().Contain("a symbolic link stands in the way");
        Directory.EnumerateFileSystemEntries(outside).Should().BeEmpty();
    }

    [Fact]
    public async Task A_link_under_the_files_own_name_is_replaced_and_its_target_left_alone()
    {
        var target = _files.Folder.At("target");
        await File.WriteAllTextAsync(target, "precious");
        Directory.CreateDirectory(_files.LogDir);
        File.CreateSymbolicLink(Path.Combine(_files.LogDir, FilesSetup.FilesOf("nightly", 1)[0]), target);

        await _files.WriteAsync("new");

        (await File.ReadAllTextAsync(target)).Should().Be("precious");
    }

    [Fact]
    public async Task The_folder_itself_may_be_a_link()
    {
        var real = _files.Folder.At("real");
        Directory.CreateDirectory(real);
        Directory.CreateSymbolicLink(_files.LogDir, real);

        await _files.WriteAsync();

        Directory.EnumerateFiles(real).Should().ContainSingle();
    }

    [Theory]
    [InlineData("{job}.log", "is without {execution}")]
    [InlineData("{execution}.{host}", "'{host}' is not known; expected one of {job} {execution} {node}")]
    [InlineData("{execution}{", "a brace without its partner")]
    [InlineData("../{execution}", "begins with a dot")]
    [InlineData("/{execution}", "an empty name")]
    [InlineData("a//{execution}", "an empty name")]
    [InlineData("a/./{execution}", "begins with a dot")]
    [InlineData("a\\{execution}", "a backslash")]
    public void A_pattern_that_cannot_work_is_refused_in_words(string pattern, string expected)
    {
        var problems = _files.Processor.Validate(Some.Config(("pattern", pattern)));

        problems.Should().Contain(p => p.StartsWith("pattern: ", StringComparison.Ordinal) && p.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{job}-{execution}.log", false)]
    [InlineData("{execution}.log", false)]
    [InlineData("x{job}.{execution}.log", false)]
    [InlineData("{job}.{execution}.log", true)]
    [InlineData("{job}/{execution}.log", true)]
    [InlineData("{date}/{job}@{execution}", true)]
    public void Old_files_are_only_deleted_by_a_pattern_that_tells_whose_they_are(string pattern, bool works)
    {
        var problems = _files.Processor.Validate(Some.Config(("pattern", pattern), ("max_files", "3")));

        problems.Select(p => p[..p.IndexOf(':', StringComparison.Ordinal)]).Should().Equal(works ? [] : ["max_files"]);
    }
}
