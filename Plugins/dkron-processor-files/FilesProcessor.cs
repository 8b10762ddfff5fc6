using Dkron.Abstractions;

namespace Dkron.Processors.Files;

/// <summary>Writes each execution's output to a file of its own.</summary>
[Delivery]
public sealed class FilesProcessor : IExecutionProcessor, IDeclareOptions, IStartable, ISelfTest
{
    private readonly IPluginLog _log;
    private readonly PluginInfo _plugin;
    private readonly FileWriter _writer;
    private readonly string _preferredDir;
    private string _defaultDir;

    /// <summary>Makes the processor.</summary>
    /// <param name="log">The host's log.</param>
    /// <param name="time">The clock that files are dated and aged by.</param>
    /// <param name="plugin">What the plugin knows of itself.</param>
    public FilesProcessor(IPluginLog log, TimeProvider time, PluginInfo plugin)
        : this(log, time, plugin, DefaultFolder.Preferred)
    {
    }

    internal FilesProcessor(IPluginLog log, TimeProvider time, PluginInfo plugin, string preferredDir)
    {
        _log = log;
        _plugin = plugin;
        _preferredDir = preferredDir;
        _writer = new FileWriter(time);
        _defaultDir = OwnDir;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ProcessorOption> Options => FileSettings.Options;

    private string OwnDir => Path.Combine(_plugin.DataDirectory, _plugin.Name);

    /// <inheritdoc/>
    public IReadOnlyList<string> Validate(ProcessorConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return FileSettings.Validate(config);
    }

    /// <summary>Chooses the default folder and says it.</summary>
    /// <param name="cancellationToken">Not looked at: nothing here waits.</param>
    /// <returns>The end of the work.</returns>
    public ValueTask StartAsync(CancellationToken cancellationToken)
    {
        _defaultDir = DefaultFolder.Choose(_preferredDir, OwnDir);
        var why = _defaultDir == _preferredDir ? "" : $" ('{Environment.UserName}' may not write to {_preferredDir})";
        _log.Write(PluginLogLevel.Information, $"Files go to {_defaultDir}{why} unless a job or the node gives log_dir");
        return default;
    }

    /// <inheritdoc/>
    public ValueTask TestAsync(CancellationToken cancellationToken)
    {
        var escaped = FileNameValue.Of("../../etc/passwd", 64);
        return PathPattern.Parse(PathPattern.Default, out _) is { TellsJob: true } && !escaped.Contains('/', StringComparison.Ordinal) && escaped[0] != '.'
            ? default
            : throw new InvalidOperationException("A file's name could leave its folder.");
    }

    /// <inheritdoc/>
    public async ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var settings = FileSettings.From(context.Config, _defaultDir, _plugin.DataDirectory);
        var names = settings.Pattern.Expand(context);
        var path = Path.Combine([settings.LogDir, .. names]);
        if (context.Previous.Any(earlier => earlier.Name == _plugin.Name && earlier.Tags.GetValueOrDefault("path") == path))
        {
            return ProcessorResult.Fail($"An earlier step of this execution has written {path}: give this step another pattern or log_dir.");
        }

        try
        {
            foreach (var problem in await _writer.WriteAsync(context, settings, names, cancellationToken))
            {
                context.Log.Write(PluginLogLevel.Warning, problem);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var problem = FileProblem.Of(e);
            var reason = problem.Explain("write", path);
            return problem.MayPass ? ProcessorResult.Retry(TimeSpan.Zero, reason) : ProcessorResult.Fail(reason);
        }

        return (context.Forward ? ProcessorResult.Unchanged : ProcessorResult.WithOutput(path)).WithTag("path", path);
    }

    /// <summary>Frees what calls waited for.</summary>
    /// <returns>The end of the work.</returns>
    public ValueTask DisposeAsync()
    {
        _writer.Dispose();
        return default;
    }
}
