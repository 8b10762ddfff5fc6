namespace Dkron.Analyzers.Tests.Unloading;

public sealed class UndisposedTests : RuleTests
{
    private const string Rule = "DKRON004";

    [Theory]
    [InlineData("private readonly Timer _kept = new(_ => { }, null, 0, 50);")]
    [InlineData("private static readonly Timer _kept = new(_ => { }, null, 0, 50);")]
    [InlineData("private ITimer? _kept; public SampleProcessor(TimeProvider time) => _kept = time.CreateTimer(_ => { }, null, TimeSpan.Zero, TimeSpan.FromSeconds(1));")]
    [InlineData("private readonly PeriodicTimer _kept = new(TimeSpan.FromSeconds(1)); public async Task LoopAsync() { while (await _kept.WaitForNextTickAsync()) { } }")]
    [InlineData("private readonly FileSystemWatcher _kept = new(); public void Start() { _kept.Changed += (_, _) => { }; _kept.EnableRaisingEvents = true; }")]
    [InlineData("private CancellationTokenRegistration _kept; public void Start(CancellationToken token) { _kept = token.Register(() => { }); }")]
    [InlineData("private RegisteredWaitHandle? _kept; public void Start(WaitHandle handle) => _kept = ThreadPool.RegisterWaitForSingleObject(handle, (_, _) => { }, null, 1000, false);")]
    [InlineData("private System.Runtime.InteropServices.GCHandle _kept; public void Start() => _kept = System.Runtime.InteropServices.GCHandle.Alloc(this);")]
    [InlineData("private System.Runtime.InteropServices.PosixSignalRegistration? _kept; public void Start() => _kept = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGHUP, _ => { });")]
    [InlineData("private readonly System.Diagnostics.Metrics.Meter _kept = new(\"own\"); public void Start() => _kept.CreateObservableGauge(\"own\", () => 1);")]
    [InlineData("private Timer? _kept; public void Start() => _kept ??= new(_ => { }); public bool Runs => _kept is not null && _kept != null;")]
    public Task A_field_that_is_never_ended_is_found(string members) => HasAsync(Rule, PluginCode.Processor("", members), "_kept");

    [Theory]
    [InlineData("ThreadPool.RegisterWaitForSingleObject(handle, (_, _) => { }, null, 1000, false)")]
    [InlineData("System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGHUP, _ => { })")]
    [InlineData("System.Runtime.InteropServices.GCHandle.Alloc(new object())")]
    public Task A_registration_that_is_thrown_away_is_found(string call) =>
        HasAsync(Rule, PluginCode.Processor("", $"public void Start(WaitHandle handle) {{ {call}; _ = {call}; }}"), call, call);

    [Fact]
    public Task Something_observed_on_a_meter_that_nobody_keeps_is_found() =>
        HasAsync(
            Rule,
            PluginCode.Processor("new System.Diagnostics.Metrics.Meter(\"own\").CreateObservableGauge(\"own\", () => 1); new System.Diagnostics.Metrics.Meter(\"own\").CreateCounter<int>(\"own\");"),
            "new System.Diagnostics.Metrics.Meter(\"own\").CreateObservableGauge(\"own\", () => 1)");

    [Theory]
    [InlineData("private readonly Timer _kept = new(_ => { }); public ValueTask DisposeAsync() => _kept.DisposeAsync();")]
    [InlineData("private Timer? _kept = new(_ => { }); public ValueTask DisposeAsync() { _kept?.Dispose(); return default; }")]
    [InlineData("private Timer? _kept = new(_ => { }); public ValueTask DisposeAsync() { Interlocked.Exchange(ref _kept, null)?.Dispose(); return default; }")]
    [InlineData("private Timer _kept = new(_ => { }); public ValueTask DisposeAsync() { using (_kept) { } return default; }")]
    [InlineData("private Timer _kept = new(_ => { }); public ValueTask DisposeAsync() { var timer = _kept; timer.Dispose(); return default; }")]
    [InlineData("private Timer _kept = new(_ => { }); public ValueTask DisposeAsync() { ((IDisposable)_kept).Dispose(); return default; }")]
    [InlineData("private Timer _kept = new(_ => { }); public ValueTask DisposeAsync() { foreach (var one in new IDisposable[] { _kept }) { one.Dispose(); } return default; }")]
    [InlineData("private Timer? _kept = new(_ => { }); public ValueTask DisposeAsync() => _kept is { } timer ? timer.DisposeAsync() : default;")]
    [InlineData("private readonly CancellationTokenSource _stop = new(); public CancellationToken Token => _stop.Token; public async ValueTask DisposeAsync() => await _stop.CancelAsync();")]
    [InlineData("private RegisteredWaitHandle? _kept; public void Start(WaitHandle handle) => _kept = ThreadPool.RegisterWaitForSingleObject(handle, (_, _) => { }, null, 1000, false); public ValueTask DisposeAsync() { _kept?.Unregister(null); return default; }")]
    [InlineData("private CancellationTokenRegistration _kept; public void Start(CancellationToken token) { _kept = token.Register(() => { }); } public ValueTask DisposeAsync() => _kept.DisposeAsync();")]
    public Task A_field_that_is_ended_in_some_way_is_all_right(string members) => HasNothingAsync(PluginCode.Processor("", members));

    [Theory]
    [InlineData("public sealed class Watching(Timer timer) { private readonly Timer _timer = timer; public bool Same(Timer other) => _timer == other; }")]
    [InlineData("public sealed class Watching { private readonly Timer _timer; public Watching(Timer timer) => _timer = timer; public void Later() => _timer.Change(1, 1); }")]
    [InlineData("public sealed class Watching { private readonly Timer _timer = Shared.Get(); public void Later() => _timer.Change(1, 1); private static class Shared { public static Timer Get() => new(_ => { }); } }")]
    [InlineData("public sealed class Watching { private readonly List<int> _numbers = []; private readonly HttpClient _client = new(); public int Count => _numbers.Count + _client.GetHashCode(); }")]
    public Task What_belongs_to_somebody_else_or_ends_by_itself_is_all_right(string type) => HasNothingAsync(PluginCode.Processor("") + type);
}
