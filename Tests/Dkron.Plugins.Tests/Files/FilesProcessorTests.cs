using System.Text;
using Dkron.Abstractions;
using Dkron.Processors.Files;

namespace Dkron.Plugins.Tests.Files;

public sealed class FilesProcessorTests : IAsyncDisposable
{
    private readonly FilesSetup _files = new();

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Fact]
    public async Task The_output_goes_to_a_file_named_by_job_and_execution_and_its_path_takes_the_outputs_place()
    {
        var result = await _files.WriteAsync("one\ntwo\n");

        var path = Path.Combine(_files.LogDir, $"nightly.{Some.Id(1)}.log");
        (await File.ReadAllTextAsync(path)).Should().Be("one\ntwo\n");
        Encoding.UTF8.GetString(result.Output.Span).Should().Be(path);
        result.Tags.Should().ContainKey("path").WhoseValue.Should().Be(path);
        File.GetUnixFileMode(path).Should().HaveFlag(UnixFileMode.UserRead).And.NotHaveFlag(UnixFileMode.OtherRead);
        File.GetUnixFileMode(_files.LogDir).Should().NotHaveFlag(UnixFileMode.OtherExecute);
    }

    [Fact]
    public async Task With_forward_the_output_stays_and_the_path_is_noted()
    {
        var result = await _files.WriteAsync(forward: true);

        result.Kind.Should().Be(ProcessorResultKind.Unchanged);
        result.Tags.Should().ContainKey("path");
    }

    [Fact]
    public async Task A_large_output_in_a_file_is_copied_byte_for_byte()
    {
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        var output = Some.FileOutput(_files.Folder.At("source"), bytes);

        var result = await _files.WriteAsync(Some.Context(outputAs: output, config: ("log_dir", _files.LogDir)));

        (await File.ReadAllBytesAsync(result.Tags["path"])).Should().Equal(bytes);
    }

    [Fact]
    public async Task A_repeat_writes_the_same_file_again()
    {
        await _files.WriteAsync("first");

        await _files.WriteAsync("second");

        _files.Files().Should().Equal(FilesSetup.FilesOf("nightly", 1));
        (await File.ReadAllTextAsync(Path.Combine(_files.LogDir, _files.Files().Single()))).Should().Be("second");
    }

    [Fact]
    public async Task A_second_step_of_the_same_execution_does_not_overwrite_the_firsts_file()
    {
        var first = await _files.WriteAsync("first");
        var outcome = new ProcessorOutcome { Name = "files", State = OutcomeState.Succeeded, Tags = first.Tags };

        var second = await _files.WriteAsync(Some.Context("second", previous: [outcome], config: ("log_dir", _files.LogDir)));

        second.Kind.Should().Be(ProcessorResultKind.Fail);
        second.Reason.Should().Contain("give this step another pattern or log_dir");
        (await File.ReadAllTextAsync(first.Tags["path"])).Should().Be("first");
    }

    [Fact]
    public async Task Without_log_dir_files_go_to_the_data_directory_when_the_preferred_one_cannot_be_used_and_the_log_says_so()
    {
        await _files.Processor.StartAsync(CancellationToken.None);

        var result = await _files.WriteAsync(Some.Context());

        var own = _files.Folder.At("data", "files");
        Path.GetDirectoryName(result.Tags["path"]).Should().Be(own);
        _files.Log.Entries.Should().ContainSingle().Which.Message.Should().StartWith($"Files go to {own}").And.Contain("may not write to");
    }

    [Fact]
    public async Task The_preferred_folder_is_taken_when_it_can_be_made()
    {
        var preferred = _files.Folder.At("log");
        await using var processor = new FilesProcessor(_files.Log, _files.Time, _files.Plugin, preferred);
        await processor.StartAsync(CancellationToken.None);

        var result = await processor.ProcessAsync(Some.Context(), CancellationToken.None);

        Path.GetDirectoryName(result.Tags["path"]).Should().Be(preferred);
        _files.Log.Entries.Single().Message.Should().StartWith($"Files go to {preferred} unless");
    }

    [Fact]
    public async Task A_relative_folder_counts_from_the_data_directory()
    {
        var result = await _files.WriteAsync(Some.Context(config: ("log_dir", "a/b")));

        result.Tags["path"].Should().StartWith(_files.Folder.At("data", "a", "b"));
    }

    [Fact]
    public async Task A_pattern_makes_folders_and_knows_its_placeholders()
    {
        await _files.WriteAsync(config: ("pattern", "{date}/{job}/{started}_{status}_{attempt}_{node}_{execution}.txt"));

        _files.Files().Should().Equal($"2026-01-02/nightly/20260102T030405Z_succeeded_2_web-1_{Some.Id(1)}.txt");
    }

    [Fact]
    public async Task Many_calls_at_once_each_make_their_own_whole_file()
    {
        var calls = Enumerable.Range(0, 200).Select(i => Task.Run(() => _files.WriteAsync(new string((char)('a' + (i % 26)), 5000 + i), number: i)));

        var results = await Task.WhenAll(calls);

        results.Select(r => r.Tags["path"]).Should().OnlyHaveUniqueItems();
        for (var i = 0; i < results.Length; i++)
        {
            (await File.ReadAllTextAsync(results[i].Tags["path"])).Should().Be(new string((char)('a' + (i % 26)), 5000 + i));
        }

        _files.Files().Should().HaveCount(200);
    }

    [Fact]
    public async Task What_a_dead_host_left_half_written_is_cleared_away_after_an_hour()
    {
        Directory.CreateDirectory(_files.LogDir);
        foreach (var (name, age) in new[] { (".dkron-files-old.tmp", 2.0), (".dkron-files-young.tmp", 0.1), ("operators.tmp", 9.0) })
        {
            await File.WriteAllTextAsync(Path.Combine(_files.LogDir, name), "");
            File.SetLastWriteTimeUtc(Path.Combine(_files.LogDir, name), Some.Start.AddHours(-age).UtcDateTime);
        }

        await _files.WriteAsync();

        _files.Files().Should().Equal(".dkron-files-young.tmp", FilesSetup.FilesOf("nightly", 1)[0], "operators.tmp");
    }

    [Fact]
    public async Task The_self_test_passes() => await _files.Processor.Invoking(p => p.TestAsync(CancellationToken.None).AsTask()).Should().NotThrowAsync();
}
