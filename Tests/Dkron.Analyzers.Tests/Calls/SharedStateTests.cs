namespace Dkron.Analyzers.Tests.Calls;

public sealed class SharedStateTests : RuleTests
{
    private const string Rule = "DKRON005";

    private const string Members = """
        private string _last = "";
        private long _count;
        private static long s_total;
        private readonly List<string> _lines = [];
        private readonly Dictionary<string, int> _seen = [];
        private readonly int[] _codes = new int[10];
        private readonly System.Text.StringBuilder _text = new();
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, int> _shared = [];
        private readonly Lock _lock = new();
        private readonly object _gate = new();
        private readonly SemaphoreSlim _turn = new(1);
        private volatile string _note = "";
        private bool _warned;
        private Lazy<string>? _lazy;
        private string Current { get; set; } = "";
        public string All => _last + _count + s_total + _lines + _seen + _codes + _text + _note + _warned + Current + _lock + _gate + _lazy;
        """;

    [Theory]
    [InlineData("_last = context.Job.Name;", "_last")]
    [InlineData("this._last = context.Job.Name;", "this._last")]
    [InlineData("Current = context.Job.Name;", "Current")]
    [InlineData("_count++;", "_count")]
    [InlineData("s_total += context.Output.Length;", "s_total")]
    [InlineData("_lines.Add(context.Job.Name);", "_lines")]
    [InlineData("_seen[context.Job.Name] = 1;", "_seen")]
    [InlineData("_codes[0] = context.Execution.Attempt;", "_codes[0]")]
    [InlineData("_text.Append(context.Job.Name);", "_text")]
    [InlineData("(_last, var other) = (context.Job.Name, 1);", "_last")]
    [InlineData("long.TryParse(context.Job.Name, out _count);", "_count")]
    [InlineData("await Task.Run(() => _last = context.Job.Name, cancellationToken);", "_last")]
    [InlineData("if (_warned) { lock (_gate) { } } _last = context.Job.Name;", "_last")]
    public Task A_field_that_a_call_writes_is_found(string statements, string place) => HasAsync(Rule, PluginCode.Processor(statements, Members), place);

    [Theory]
    [InlineData("Keep(context);", "private void Keep(ProcessorContext context) => Deeper(context.Job.Name); private void Deeper(string name) => _last = name;")]
    [InlineData("new List<string> { context.Job.Name }.ForEach(Keep);", "private void Keep(string name) => _last = name;")]
    [InlineData("void Keep() { _last = context.Job.Name; } Keep();", "")]
    public Task What_a_call_reaches_in_its_class_is_looked_at_too(string statements, string members) => HasAsync(Rule, PluginCode.Processor(statements, Members + members), "_last");

    [Theory]
    [InlineData("lock (_lock) { _last = context.Job.Name; _lines.Add(_last); }")]
    [InlineData("lock (_gate) { Keep(context.Job.Name); }")]
    [InlineData("using (_lock.EnterScope()) { _count++; }")]
    [InlineData("using var scope = _lock.EnterScope(); _count++;")]
    [InlineData("await _turn.WaitAsync(cancellationToken); try { _last = context.Job.Name; Keep(_last); } finally { _turn.Release(); }")]
    [InlineData("Monitor.Enter(_gate); try { _last = context.Job.Name; } finally { Monitor.Exit(_gate); }")]
    [InlineData("if (Monitor.TryEnter(_gate)) { try { _count++; } finally { Monitor.Exit(_gate); } }")]
    public Task A_field_that_is_written_under_a_lock_is_all_right(string statements) =>
        HasNothingAsync(PluginCode.Processor(statements, Members + "private void Keep(string name) => _last = name;"));

    [Theory]
    [InlineData("Interlocked.Increment(ref _count); Interlocked.Add(ref s_total, context.Output.Length); Volatile.Write(ref _count, 1);")]
    [InlineData("_shared[context.Job.Name] = 1; _shared.TryAdd(context.Job.Name, 2);")]
    [InlineData("_note = context.Job.Name;")]
    [InlineData("_warned = true;")]
    [InlineData("_lazy ??= new Lazy<string>(() => \"\");")]
    [InlineData("var last = context.Job.Name; last += \"!\"; var lines = new List<string>(); lines.Add(last);")]
    [InlineData("var note = new Note(); note.Text = context.Job.Name; var made = new Note { Text = note.Text };")]
    [InlineData("_ = _last.Length + _seen.Count + _lines.IndexOf(\"\");")]
    public Task What_calls_may_share_and_what_is_a_calls_own_is_all_right(string statements) =>
        HasNothingAsync(PluginCode.Processor(statements, Members + "private sealed class Note { public string Text { get; set; } = \"\"; }"));

    [Fact]
    public Task What_is_written_before_the_first_call_or_after_the_last_is_all_right() =>
        HasNothingAsync("""
            public sealed class SampleProcessor : IExecutionProcessor, IStartable
            {
                private string _folder;
                private bool _stopped;
                private string Reason { get; set; }
                public SampleProcessor(PluginInfo plugin) { _folder = plugin.DataDirectory; Reason = ""; }
                public ValueTask StartAsync(CancellationToken cancellationToken) { _folder = Path.Combine(_folder, "own"); Note("started"); return default; }
                public ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken) => new(ProcessorResult.WithOutput(_folder + Reason + _stopped));
                public ValueTask DisposeAsync() { _stopped = DateTime.MaxValue > DateTime.MinValue; return default; }
                private void Note(string reason) => Reason = reason;
            }
            """);
}
