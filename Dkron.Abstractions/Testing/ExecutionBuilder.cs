using System.Globalization;
using Dkron.Abstractions;

namespace Dkron.Testing;

/// <summary>Makes up finished executions. Without any call it is a job <c>nightly</c> that succeeded with the output <c>hello</c>.</summary>
/// <remarks>Each method changes the builder and returns it. Every call that is made from it has an invocation id of its own unless <see cref="Invocation"/> says otherwise.</remarks>
public sealed class ExecutionBuilder
{
    private static readonly DateTimeOffset Due = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static long _count;

    private readonly Dictionary<string, string> _tags = [];
    private readonly Dictionary<string, string> _metadata = [];
    private readonly Dictionary<string, string> _options = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ProcessorOutcome> _previous = [];
    private JobInfo _job = new() { Name = "nightly", DisplayName = "nightly", Schedule = "0 30 2 * * *" };
    private ExecutionOutput _output = ExecutionOutput.FromText("hello\n");
    private ExecutionOutput? _original;
    private ExecutionStatus _status = ExecutionStatus.Succeeded;
    private ExecutionStatus? _before;
    private ExecutionTrigger _trigger;
    private int? _exitCode = 0;
    private int? _signal;
    private string? _error;
    private DateTimeOffset _startedAt = Due;
    private TimeSpan _took = TimeSpan.FromSeconds(2);
    private int _attempt = 1;
    private bool _isFinal = true;
    private bool _forward;
    private string? _invocation;
    private int _try = 1;

    /// <summary>When the token of the call is cancelled. Default 30 s.</summary>
    internal TimeSpan CallTimeout { get; private set; } = TimeSpan.FromSeconds(30);

    /// <summary>What the step's options are.</summary>
    internal ProcessorConfig Config => new(_options);

    /// <summary>Names the job.</summary>
    /// <param name="name">Lower-case letters, digits, <c>_</c> and <c>-</c>.</param>
    /// <param name="displayName">The name for people; the same when not given.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder Job(string name, string? displayName = null) => Set(() => _job = _job with { Name = name, DisplayName = displayName ?? name });

    /// <summary>Says who answers for the job.</summary>
    /// <param name="name">The owner.</param>
    /// <param name="email">The owner's address.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder Owner(string name, string email) => Set(() => _job = _job with { Owner = name, OwnerEmail = email });

    /// <summary>Adds a tag to the job.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder Tag(string key, string value) => Set(() => _tags[key] = value);

    /// <summary>Adds metadata to the job.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder Metadata(string key, string value) => Set(() => _metadata[key] = value);

    /// <summary>Gives the output so far; it is also the original output unless <see cref="OriginalOutput"/> says otherwise.</summary>
    /// <param name="text">The text.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder Output(string text) => Output(ExecutionOutput.FromText(text));

    /// <summary>Gives the output so far, such as one of a file or one from which bytes were cut out.</summary>
    /// <param name="output">The output.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder Output(ExecutionOutput output) => Set(() => _output = output);

    /// <summary>Gives the output as the command wrote it, when an earlier step has changed it.</summary>
    /// <param name="output">The output.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder OriginalOutput(ExecutionOutput output) => Set(() => _original = output);

    /// <summary>The command exited otherwise than with 0.</summary>
    /// <param name="exitCode">1 to 255.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder Failed(int exitCode = 1) => Ended(ExecutionStatus.Failed, exitCode, null, string.Create(CultureInfo.InvariantCulture, $"the command exited with {exitCode}"));

    /// <summary>The command was ended by a signal.</summary>
    /// <param name="signal">Its number, from signal(7).</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder Killed(int signal = 9) => Ended(ExecutionStatus.Failed, null, signal, string.Create(CultureInfo.InvariantCulture, $"the command was ended by signal {signal}"));

    /// <summary>The job's time was up.</summary>
    /// <returns>This builder.</returns>
    public ExecutionBuilder TimedOut() => Ended(ExecutionStatus.TimedOut, null, 15, "the command did not end in its time");

    /// <summary>Says how the job's execution before this one ended; by default there is none.</summary>
    /// <param name="status">Its status.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder After(ExecutionStatus? status) => Set(() => _before = status);

    /// <summary>Says what made it run; by default the schedule.</summary>
    /// <param name="trigger">The trigger.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder Trigger(ExecutionTrigger trigger) => Set(() => _trigger = trigger);

    /// <summary>Says when it ran; by default for two seconds from 2026-01-02T03:04:05Z.</summary>
    /// <param name="startedAt">When its command was started.</param>
    /// <param name="took">How long it took.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder At(DateTimeOffset startedAt, TimeSpan took) => Set(() => (_startedAt, _took) = (startedAt.ToUniversalTime(), took));

    /// <summary>Says which attempt of the firing it is; by default the first and final one.</summary>
    /// <param name="number">From 1.</param>
    /// <param name="isFinal">Whether no further one follows.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder Attempt(int number, bool isFinal = true) => Set(() => (_attempt, _isFinal) = (number, isFinal));

    /// <summary>Sets an option of the step, as a job would.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">Its text.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder Option(string key, string value) => Set(() => _options[key] = value);

    /// <summary>Sets the step's <c>forward</c>; by default false.</summary>
    /// <param name="forward">Whether the output goes on unchanged.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder Forward(bool forward = true) => Set(() => _forward = forward);

    /// <summary>Sets the step's <c>timeout</c>; by default 30 s.</summary>
    /// <param name="timeout">When the token is cancelled.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder Timeout(TimeSpan timeout) => Set(() => CallTimeout = timeout);

    /// <summary>Makes it a call that may repeat another one.</summary>
    /// <param name="id">The invocation id.</param>
    /// <param name="attempt">Which try it is, from 1.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder Invocation(string id, int attempt = 1) => Set(() => (_invocation, _try) = (id, attempt));

    /// <summary>Adds what an earlier step did.</summary>
    /// <param name="outcome">Its outcome.</param>
    /// <returns>This builder.</returns>
    public ExecutionBuilder Previous(ProcessorOutcome outcome) => Set(() => _previous.Add(outcome));

    /// <summary>Makes the context that the host would hand to the processor.</summary>
    /// <param name="log">The log of the call.</param>
    /// <returns>A new context.</returns>
    public ProcessorContext Build(IPluginLog log)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{_startedAt.ToUnixTimeMilliseconds()}{Interlocked.Increment(ref _count):000000}-test");
        return new ProcessorContext
        {
            InvocationId = _invocation ?? id + "-0",
            Attempt = _try,
            Job = _job with { Tags = new Dictionary<string, string>(_tags), Metadata = new Dictionary<string, string>(_metadata) },
            Execution = new ExecutionInfo
            {
                Id = id,
                JobName = _job.Name,
                NodeName = "test",
                Group = _startedAt.ToUnixTimeMilliseconds() * 1_000_000,
                Attempt = _attempt,
                IsFinalAttempt = _isFinal,
                Trigger = _trigger,
                ScheduledAt = _startedAt,
                StartedAt = _startedAt,
                FinishedAt = _startedAt + _took,
                Status = _status,
                ExitCode = _exitCode,
                Signal = _signal,
                Error = _error,
                PreviousStatus = _before,
            },
            Output = _output,
            OriginalOutput = _original ?? _output,
            Forward = _forward,
            Config = Config,
            Previous = [.. _previous],
            Log = log,
        };
    }

    private ExecutionBuilder Ended(ExecutionStatus status, int? exitCode, int? signal, string error) =>
        Set(() => (_status, _exitCode, _signal, _error) = (status, exitCode, signal, error));

    private ExecutionBuilder Set(Action change)
    {
        change();
        return this;
    }
}
