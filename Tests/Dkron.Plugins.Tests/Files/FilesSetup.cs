using Dkron.Abstractions;
using Dkron.Processors.Files;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Plugins.Tests.Files;

/// <summary>A started processor with a data folder of its own; each call is dated a second after the one before.</summary>
internal sealed class FilesSetup : IAsyncDisposable
{
    public FilesSetup()
    {
        Time = new FakeTimeProvider(Some.Start) { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        Plugin = new PluginInfo { Name = "files", Version = "1.0.0", Generation = 1, Directory = Folder.Path, DataDirectory = Folder.At("data") };
        Processor = new FilesProcessor(Log, Time, Plugin, Folder.At("no-parent", "log"));
    }

    public TempFolder Folder { get; } = new();

    public CollectingLog Log { get; } = new();

    public FakeTimeProvider Time { get; }

    public PluginInfo Plugin { get; }

    public FilesProcessor Processor { get; }

    public string LogDir => Folder.At("out");

    public async Task<ProcessorResult> WriteAsync(ProcessorContext context) => await Processor.ProcessAsync(context, CancellationToken.None);

    public async Task<ProcessorResult> WriteAsync(string output = "hello\n", string job = "nightly", int number = 1, bool forward = false, params (string Key, string Value)[] config) =>
        await WriteAsync(Some.Context(output, job, Some.Id(number), forward: forward, log: Log, config: [("log_dir", LogDir), .. config]));

    /// <summary>All files below the folder, as relative paths in order.</summary>
    public IEnumerable<string> Files() =>
        Directory.EnumerateFiles(LogDir, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Select(f => Path.GetRelativePath(LogDir, f)).Order(StringComparer.Ordinal);

    public static string[] FilesOf(string job, params int[] numbers) => [.. numbers.Select(n => $"{job}.{Some.Id(n)}.log").Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        await Processor.DisposeAsync();
        Folder.Dispose();
    }
}
