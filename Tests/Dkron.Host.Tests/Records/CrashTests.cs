using System.Diagnostics;
using Dkron.Abstractions;
using Dkron.Host.Records;

namespace Dkron.Host.Tests.Records;

public sealed class CrashTests : RecordsFolder
{
    private const string FolderVariable = "DKRON_TEST_RECORDS_FOLDER";
    private const string Acknowledged = "acknowledged";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_9_in_the_middle_of_commits_loses_nothing_that_was_acknowledged()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The test program has no file extension there.");
        var random = new Random(42);
        var lines = 0;
        for (var round = 0; round < 5; round++)
        {
            var enough = lines + 200 + random.Next(300);
            using (var writer = StartWriter())
            {
                await UntilAsync(() => writer.HasExited || Lines().Length > enough);
                writer.HasExited.Should().BeFalse();
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20)), TimeProvider.System, Token);
                writer.Kill();
                await writer.WaitForExitAsync(Token);
            }

            await using var records = Open();
            lines = Lines().Length;
            VerifyAll(records);
        }
    }

    /// <summary>Not a test but the program that the test above starts and kills.</summary>
    [Fact(Explicit = true)]
    public async Task Writer()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.SkipWhen(folder is null, $"{FolderVariable} is not set.");
        await using var log = new FileStream(Path.Combine(folder, Acknowledged), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var gate = new Lock();
        void Acknowledge(string what, string id)
        {
            lock (gate)
            {
                log.Write(System.Text.Encoding.UTF8.GetBytes($"{what} {id}\n"));
            }
        }

        await using var records = Open(folder: folder);
        var group = UnixNanoseconds.From(TimeProvider.System.GetUtcNow());
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(
            async () =>
            {
                while (true)
                {
                    var started = Started(records, $"job-{i}", group: Interlocked.Increment(ref group));
                    await records.ClaimAsync(started, Token);
                    Acknowledge("claimed", started.Id);
                    var output = ExecutionOutput.FromText(OutputOf(started.Id));
                    await records.FinishAsync(Finished(started), Result(Finished(started), output), hasSteps: true, Token);
                    Acknowledge("finished", started.Id);
                    records.NoteOutcome(started.Id, 0, Outcome("log"));
                    await records.EndProcessingAsync(Finished(started), null, [Outcome("log")], Token);
                    Acknowledge("ended", started.Id);
                }
            },
            Token)));
    }

    private static string OutputOf(string id) => string.Concat(Enumerable.Repeat(id, ExecutionId.KeyOf(id) % 50 == 0 ? 6000 : 3));

    private static Process StartWriter(string folder)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Dkron.Host.Tests"), ["-explicit", "only", "-method", $"{typeof(CrashTests).FullName}.{nameof(Writer)}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[FolderVariable] = folder;
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private Process StartWriter() => StartWriter(Folder);

    private string[] Lines()
    {
        var path = Path.Combine(Folder, Acknowledged);
        if (!File.Exists(path))
        {
            return [];
        }

        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private void VerifyAll(ExecutionRecords records)
    {
        records.Check(Token).Should().BeEmpty();
        var all = records.List(new ExecutionQuery { Limit = int.MaxValue }, Token).ToDictionary(record => record.Info.Id);
        foreach (var line in Lines())
        {
            var (what, id) = (line.Split(' ')[0], line.Split(' ')[1]);
            var record = all[id];
            if (what == "finished")
            {
                record.Info.Status.Should().Be(ExecutionStatus.Succeeded);
                record.RawOutput.ToString().Should().Be(OutputOf(id));
            }
            else if (what == "ended")
            {
                record.IsProcessed.Should().BeTrue();
                record.Outcomes.Should().ContainSingle();
            }
        }

        var unfinished = records.Unfinished();
        unfinished.Select(record => record.Info.Id).Should().BeEquivalentTo(all.Values.Where(record => !record.IsProcessed).Select(record => record.Info.Id));
        records.Histories().Sum(history => history.SuccessCount).Should().Be(all.Values.Count(record => record.IsProcessed));
    }
}
