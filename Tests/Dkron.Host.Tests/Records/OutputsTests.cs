using System.Security.Cryptography;
using Dkron.Abstractions;
using Dkron.Host.Records;

namespace Dkron.Host.Tests.Records;

public sealed class OutputsTests : RecordsFolder
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string[] Files => Directory.Exists(Path.Combine(Folder, "output")) ? Directory.GetFiles(Path.Combine(Folder, "output"), "*", SearchOption.AllDirectories) : [];

    public static TheoryData<int, bool, int> Sizes => new()
    {
        // bytes, compressible, files on disk
        { 1, true, 0 },
        { 1_023, true, 0 },
        { 64 * 1024, true, 0 },
        { 64 * 1024, false, 0 },
        { (64 * 1024) + 1, true, 0 },   // compressed, it is small enough for the database
        { (64 * 1024) + 1, false, 1 },
        { 3_000_000, false, 1 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Output_in_memory_comes_back_byte_for_byte(int length, bool isCompressible, int files)
    {
        var bytes = Bytes(length, isCompressible);
        await using var records = Open();
        var started = Started(records);
        await records.ClaimAsync(started, Token);

        await records.FinishAsync(Finished(started), Result(Finished(started), ExecutionOutput.FromBytes(bytes)), hasSteps: false, Token);

        Read(records.Find(started.Id)!.RawOutput).Should().Equal(bytes);
        Read(records.Find(started.Id)!.Output).Should().Equal(bytes);
        Files.Should().HaveCount(files);
        records.Check(Token).Should().BeEmpty();
    }

    [Theory]
    [InlineData(3_000_000, false, false)]
    [InlineData(3_000_000, true, false)]
    [InlineData(3_000_000, true, true)]
    [InlineData(1_000, true, false)]
    public async Task Output_in_a_file_is_taken_over_and_stays_readable_for_the_processors(int length, bool isCompressible, bool isElsewhere)
    {
        var bytes = Bytes(length, isCompressible);
        await using var records = Open();
        var started = Started(records);
        await records.ClaimAsync(started, Token);
        var path = isElsewhere ? Path.Combine(Folder, "elsewhere") : OutputFile(records, started.Id);
        await File.WriteAllBytesAsync(path, bytes, Token);
        var place = OutputFile(records, started.Id);
        var output = new ExecutionOutput(length, () => File.OpenRead(place)) { OmittedBytes = 77, OmittedAt = 5 };

        await records.FinishAsync(Finished(started), Result(Finished(started), output, path), hasSteps: true, Token);
        Read(output).Should().Equal(bytes);
        await records.EndProcessingAsync(Finished(started), null, [], Token);

        var kept = records.Find(started.Id)!.Output;
        Read(kept).Should().Equal(bytes);
        (kept.OmittedBytes, kept.OmittedAt, kept.Length).Should().Be((77, 5, length));
        await UntilAsync(() => Files.Length <= 1);
        Files.Sum(file => new FileInfo(file).Length).Should().BeLessThanOrEqualTo(length);
        records.Check(Token).Should().BeEmpty();
    }

    [Fact]
    public async Task An_output_that_a_processor_emptied_is_empty_and_the_raw_one_stays()
    {
        await using var records = Open();
        var started = Started(records);
        await records.ClaimAsync(started, Token);
        await records.FinishAsync(Finished(started), Result(Finished(started), ExecutionOutput.FromText("raw")), hasSteps: true, Token);

        await records.EndProcessingAsync(Finished(started), ExecutionOutput.Empty, [], Token);

        var record = records.Find(started.Id)!;
        record.Output.ToString().Should().BeEmpty();
        record.RawOutput.ToString().Should().Be("raw");
    }

    [Fact]
    public async Task Without_KeepRaw_only_the_processed_output_stays()
    {
        await using var records = Open(new RecordOptions { KeepRaw = false });
        var started = Started(records);
        await records.ClaimAsync(started, Token);
        await records.FinishAsync(Finished(started), Result(Finished(started), ExecutionOutput.FromBytes(Bytes(200_000, false))), hasSteps: true, Token);

        await records.EndProcessingAsync(Finished(started), ExecutionOutput.FromText("short"), [], Token);

        records.Find(started.Id)!.RawOutput.Length.Should().Be(0);
        records.Find(started.Id)!.Output.ToString().Should().Be("short");
        await UntilAsync(() => Files.Length == 0);
    }

    [Fact]
    public async Task An_output_file_that_is_gone_does_not_keep_the_result_from_the_disk()
    {
        await using var records = Open();
        var started = Started(records);
        await records.ClaimAsync(started, Token);
        var path = OutputFile(records, started.Id);

        await records.FinishAsync(Finished(started), Result(Finished(started), new ExecutionOutput(100_000, () => File.OpenRead(path)), path), hasSteps: false, Token);

        records.Find(started.Id)!.Info.Error.Should().StartWith("Its output is lost:");
        records.Find(started.Id)!.Info.Status.Should().Be(ExecutionStatus.Succeeded);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flipped_bit_or_a_cut_file_is_an_error_and_never_wrong_bytes(bool isCut)
    {
        var bytes = Bytes(1_000_000, isCompressible: false);
        await using var records = Open();
        var started = Started(records);
        await records.ClaimAsync(started, Token);
        await records.FinishAsync(Finished(started), Result(Finished(started), ExecutionOutput.FromBytes(bytes)), hasSteps: false, Token);

        await using (var file = File.Open(Files.Single(), FileMode.Open))
        {
            file.Position = 777_777;
            file.WriteByte((byte)(bytes[777_777] ^ 4));
            file.SetLength(isCut ? 999_999 : 1_000_000);
        }

        var reading = () => Read(records.Find(started.Id)!.Output);
        reading.Should().Throw<RecordsException>().WithMessage("*is damaged*");
        records.Check(Token).Should().ContainSingle().Which.Should().Contain("damaged");
    }

    [Fact]
    public async Task Damage_in_a_compressed_file_is_noticed_before_the_first_byte()
    {
        var bytes = Enumerable.Range(0, 150_000).SelectMany(i => RandomNumberGenerator.GetHexString(4).Select(letter => (byte)letter)).ToArray();
        await using var records = Open();
        var started = Started(records);
        await records.ClaimAsync(started, Token);
        await records.FinishAsync(Finished(started), Result(Finished(started), ExecutionOutput.FromBytes(bytes)), hasSteps: false, Token);
        Read(records.Find(started.Id)!.Output).Should().Equal(bytes);

        Files.Single().Should().EndWith(".br");
        await using (var file = File.Open(Files.Single(), FileMode.Open))
        {
            file.Position = file.Length / 2;
            file.WriteByte(7);
            file.WriteByte(8);
        }

        var opening = () => records.Find(started.Id)!.Output.OpenRead();
        opening.Should().Throw<RecordsException>().WithMessage("*is damaged*");
    }

    [Fact]
    public async Task Files_that_no_record_names_are_cleaned_away_at_start_but_not_those_of_a_cut_off_command()
    {
        string cutOff, empty, stranger;
        await using (var records = Open())
        {
            var (one, two, three) = (Started(records), Started(records), Started(records));
            await records.ClaimAsync(one, Token);
            await records.ClaimAsync(two, Token);
            (cutOff, empty, stranger) = (OutputFile(records, one.Id), OutputFile(records, two.Id), OutputFile(records, three.Id));
            await File.WriteAllTextAsync(cutOff, "what it wrote so far", Token);
            await File.WriteAllTextAsync(empty, "", Token);
            await File.WriteAllTextAsync(stranger, "of a record that was pruned", Token);
        }

        SetTime(-1, empty, stranger);

        await using var reopened = Open();

        await UntilAsync(() => Files.Length == 1);
        Files.Should().Equal(cutOff);
    }

    [Fact]
    public async Task A_file_that_is_written_after_the_start_is_left_alone_though_no_record_names_it_yet()
    {
        string written, stranger;
        await using (var records = Open())
        {
            (written, stranger) = (OutputFile(records, records.NewId()), OutputFile(records, records.NewId()));
            await File.WriteAllTextAsync(written, "of an execution that is processed after the start", Token);
            await File.WriteAllTextAsync(stranger, "of a record that was pruned", Token);
        }

        SetTime(-1, stranger);
        SetTime(+1, written);

        await using var reopened = Open();

        await UntilAsync(() => Log.Any(line => line.StartsWith("Information 4020", StringComparison.Ordinal)));
        Files.Should().Equal(written);
    }

    [Fact]
    public async Task Everything_is_for_its_owner_only()
    {
        await using var records = Open(folder: Path.Combine(Folder, "new"));
        var started = Started(records);
        await records.ClaimAsync(started, Token);
        await records.FinishAsync(Finished(started), Result(Finished(started), ExecutionOutput.FromBytes(Bytes(200_000, false))), hasSteps: false, Token);

        ForOthers(Path.Combine(Folder, "new")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_database_that_is_made_anew_is_for_its_owner_only()
    {
        await using (var records = Open())
        {
            await RunAsync(records);
        }

        ZeroRootOf("executions_started");
        SuspectDatabase.Mark(new DataPaths(Folder));

        await using var restarted = Open();
        await RunAsync(restarted);

        Log.Should().ContainSingle(line => line.StartsWith("Error 4037", StringComparison.Ordinal));
        ForOthers(Folder).Should().BeEmpty();
    }

    /// <summary>What others than its owner may read, write or enter.</summary>
    private static IEnumerable<string> ForOthers(string folder)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no modes on Windows.");
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        return Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Append(folder)
            .Where(path => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0);
    }

    /// <summary>Lets files be written some hours before or after now.</summary>
    private static void SetTime(int hours, params string[] files) =>
        Array.ForEach(files, file => File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(hours)));

    internal static byte[] Read(ExecutionOutput output)
    {
        using var stream = output.OpenRead();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static byte[] Bytes(int length, bool isCompressible) =>
        isCompressible ? [.. Enumerable.Range(0, length).Select(i => (byte)('a' + (i % 7)))] : RandomNumberGenerator.GetBytes(length);
}
