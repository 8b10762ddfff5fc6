using System.Diagnostics;
using Dkron.Abstractions;

namespace Dkron.Plugins.Tests.Files;

public sealed class FilesFailureTests : IAsyncDisposable
{
    private readonly FilesSetup _files = new();

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Fact]
    public async Task A_folder_below_a_file_cannot_be_made_and_the_output_is_kept()
    {
        await File.WriteAllTextAsync(_files.LogDir, "");

        var result = await _files.WriteAsync(Some.Context(config: ("log_dir", Path.Combine(_files.LogDir, "sub"))));

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().StartWith($"Cannot write {_files.LogDir}/sub/nightly.").And.Contain("a file stands where a folder is needed");
    }

    [Fact]
    public async Task A_file_system_that_takes_no_files_is_named_with_its_path_and_not_with_the_descriptors()
    {
        var result = await _files.WriteAsync(Some.Context(config: ("log_dir", "/proc/dkron")));

        result.Kind.Should().BeOneOf(ProcessorResultKind.Fail, ProcessorResultKind.Retry);
        result.Reason.Should().StartWith("Cannot write /proc/dkron/nightly.").And.NotContain("/proc/self");
    }

    [Fact]
    public async Task A_folder_without_permission_is_said_with_the_user_who_lacks_it()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Permissions do not bind root: run the tests as another user.");
        Directory.CreateDirectory(_files.LogDir);
        File.SetUnixFileMode(_files.LogDir, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var result = await _files.WriteAsync();

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().Contain("Permission denied").And.Contain($"let the user '{Environment.UserName}' write there");
    }

    [Fact]
    public async Task A_full_disk_keeps_the_output_the_older_file_and_leaves_nothing_half_written()
    {
        await using var disk = await TinyDisk.MountAsync(_files.LogDir);
        await _files.WriteAsync("older");

        var result = await _files.WriteAsync(new string('x', 1_000_000));

        result.Kind.Should().Be(ProcessorResultKind.Retry);
        result.Reason.Should().Contain("No space left on device").And.Contain("max_files, max_age or max_bytes");
        _files.Files().Should().Equal(FilesSetup.FilesOf("nightly", 1));
        (await File.ReadAllTextAsync(Path.Combine(_files.LogDir, _files.Files().Single()))).Should().Be("older");
    }

    [Fact]
    public async Task A_cancelled_call_leaves_nothing_behind()
    {
        var output = Some.FileOutput(_files.Folder.At("source"), new byte[500_000]);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        var call = async () => await _files.Processor.ProcessAsync(Some.Context(outputAs: output, config: ("log_dir", _files.LogDir)), cancelled.Token);

        await call.Should().ThrowAsync<OperationCanceledException>();
        _files.Files().Should().BeEmpty();
    }

    [Fact]
    public async Task Nothing_stays_open()
    {
        await _files.WriteAsync();
        var before = OpenDescriptors();

        for (var i = 0; i < 50; i++)
        {
            await _files.WriteAsync(number: i, config: [("pattern", "{job}/{execution}.log"), ("max_files", "3")]);
        }

        OpenDescriptors().Should().Be(before);
    }

    private int OpenDescriptors() =>
        new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Count(entry => entry.LinkTarget?.StartsWith(_files.Folder.Path, StringComparison.Ordinal) == true);

    /// <summary>A disk of 64 KiB, which only root can make.</summary>
    private sealed class TinyDisk(string path) : IAsyncDisposable
    {
        public static async Task<TinyDisk> MountAsync(string path)
        {
            Assert.SkipUnless(Environment.IsPrivilegedProcess, "A tiny disk can only be mounted by root: run the tests as root.");
            Directory.CreateDirectory(path);
            Assert.SkipUnless(await RunAsync("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", path) == 0, "mount is not permitted here (a container without CAP_SYS_ADMIN).");
            return new TinyDisk(path);
        }

        public async ValueTask DisposeAsync() => await RunAsync("umount", path);

        private static async Task<int> RunAsync(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
    }
}
