using Dkron.Abstractions;

namespace Dkron.Plugins.Tests.Files;

public sealed class FilesRetentionTests : IAsyncDisposable
{
    private readonly FilesSetup _files = new();

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Fact]
    public async Task Only_the_newest_files_of_the_job_are_kept()
    {
        for (var i = 1; i <= 5; i++)
        {
            await _files.WriteAsync(number: i, config: ("max_files", "2"));
        }

        _files.Files().Should().Equal(FilesSetup.FilesOf("nightly", 4, 5));
    }

    [Fact]
    public async Task Files_of_a_job_whose_name_begins_alike_and_of_people_stay()
    {
        foreach (var job in new[] { "a-b", "a_b", "ab", "b" })
        {
            await _files.WriteAsync(job: job);
        }

        foreach (var name in new[] { "a.log", "a.notes.log", $"a.{Some.Id(7)}.log.gz", $"x.a.{Some.Id(7)}.log", $"a.{Some.Id(7)}-old.log" })
        {
            await File.WriteAllTextAsync(Path.Combine(_files.LogDir, name), "");
        }

        var before = _files.Files().ToList();
        await _files.WriteAsync(job: "a", number: 2, config: ("max_files", "1"));
        await _files.WriteAsync(job: "a", number: 3, config: ("max_files", "1"));

        _files.Files().Should().BeEquivalentTo([.. before, .. FilesSetup.FilesOf("a", 3)]);
    }

    [Fact]
    public async Task Old_files_are_deleted_by_age()
    {
        await _files.WriteAsync(number: 1);
        _files.Time.Advance(TimeSpan.FromDays(2));
        await _files.WriteAsync(number: 2);
        _files.Time.Advance(TimeSpan.FromHours(23));

        await _files.WriteAsync(number: 3, config: ("max_age", "1d"));

        _files.Files().Should().Equal(FilesSetup.FilesOf("nightly", 2, 3));
    }

    [Fact]
    public async Task The_oldest_are_deleted_until_the_rest_fits_and_never_the_one_just_written()
    {
        await _files.WriteAsync(new string('x', 400), number: 1);
        await _files.WriteAsync(new string('x', 400), number: 2);
        await _files.WriteAsync(new string('x', 400), number: 3, config: ("max_bytes", "1000"));
        var fitting = _files.Files().ToList();

        await _files.WriteAsync(new string('x', 5000), number: 4, config: ("max_bytes", "1000"));

        fitting.Should().Equal(FilesSetup.FilesOf("nightly", 2, 3));
        _files.Files().Should().Equal(FilesSetup.FilesOf("nightly", 4));
    }

    [Fact]
    public async Task Files_in_dated_folders_are_found_again()
    {
        for (var i = 1; i <= 4; i++)
        {
            await _files.WriteAsync(number: i, config: [("pattern", "{date}/{job}/{execution}.log"), ("max_files", "2")]);
        }

        _files.Files().Should().Equal($"2026-01-02/nightly/{Some.Id(3)}.log", $"2026-01-02/nightly/{Some.Id(4)}.log");
    }

    [Fact]
    public async Task Links_are_neither_followed_nor_deleted()
    {
        var outside = _files.Folder.At("outside");
        Directory.CreateDirectory(outside);
        await File.WriteAllTextAsync(Path.Combine(outside, $"{Some.Id(1)}.log"), "precious");
        Directory.CreateDirectory(_files.LogDir);
        Directory.CreateSymbolicLink(Path.Combine(_files.LogDir, "2026-01-01"), outside);

        await _files.WriteAsync(number: 2, job: "x", config: [("pattern", "{date}/{job}.{execution}.log"), ("max_files", "1")]);

        File.Exists(Path.Combine(outside, $"{Some.Id(1)}.log")).Should().BeTrue();
    }

    [Fact]
    public async Task A_newer_file_of_another_generation_is_not_deleted_by_a_call_that_ends_later()
    {
        await _files.WriteAsync(number: 1);
        var newer = Path.Combine(_files.LogDir, FilesSetup.FilesOf("nightly", 9)[0]);
        await File.WriteAllTextAsync(newer, "just written by another generation");
        File.SetLastWriteTimeUtc(newer, Some.Start.AddHours(1).UtcDateTime);

        await _files.WriteAsync(number: 2, config: ("max_files", "1"));

        _files.Files().Should().Equal(FilesSetup.FilesOf("nightly", 2, 9));
    }

    [Fact]
    public async Task Many_executions_of_one_job_at_once_leave_exactly_as_many_files_as_allowed()
    {
        var calls = Enumerable.Range(0, 100).Select(i => Task.Run(() => _files.WriteAsync(number: i, config: ("max_files", "5"))));

        var results = await Task.WhenAll(calls);

        results.Should().OnlyContain(r => r.Kind == ProcessorResultKind.Output);
        _files.Files().Should().HaveCount(5);
    }
}
