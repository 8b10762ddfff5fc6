namespace Dkron.Analyzers.Tests.Fixes;

public sealed class DisposalFixTests : FixTests
{
    [Theory]
    [InlineData("private readonly Timer _kept = new(_ => { });", "_kept.Dispose();")]
    [InlineData("private Timer? _kept = new(_ => { });", "_kept?.Dispose();")]
    [InlineData("private RegisteredWaitHandle? _kept; public void Start(WaitHandle handle) => _kept = ThreadPool.RegisterWaitForSingleObject(handle, (_, _) => { }, null, 1, false);", "_kept?.Unregister(null);")]
    [InlineData("private System.Runtime.InteropServices.GCHandle _kept; public void Start() => _kept = System.Runtime.InteropServices.GCHandle.Alloc(this);", "_kept.Free();")]
    public Task A_processor_without_DisposeAsync_gets_one(string member, string statement) =>
        BecomesAsync(PluginCode.Processor("", member), PluginCode.Processor("", $"{member} public ValueTask DisposeAsync() {{ {statement} return default; }}"));

    [Theory]
    [InlineData("public ValueTask DisposeAsync() { return default; }", "public ValueTask DisposeAsync() { _kept.Dispose(); return default; }")]
    [InlineData("public ValueTask DisposeAsync() => default;", "public ValueTask DisposeAsync() { _kept.Dispose(); return default; }")]
    [InlineData("public async ValueTask DisposeAsync() => await Task.Yield();", "public async ValueTask DisposeAsync() { _kept.Dispose(); await Task.Yield(); }")]
    public Task What_DisposeAsync_does_already_comes_after_it(string before, string after)
    {
        const string Member = "private readonly Timer _kept = new(_ => { });";

        return BecomesAsync(PluginCode.Processor("", Member + before), PluginCode.Processor("", Member + after));
    }

    [Fact]
    public Task A_helper_ends_it_in_its_Dispose() =>
        BecomesAsync(
            PluginCode.Processor("") + "internal sealed class Ticking : IDisposable { private readonly Timer _kept = new(_ => { }); public void Dispose() => GC.SuppressFinalize(this); }",
            PluginCode.Processor("") + "internal sealed class Ticking : IDisposable { private readonly Timer _kept = new(_ => { }); public void Dispose() { _kept.Dispose(); GC.SuppressFinalize(this); } }");

    [Fact]
    public Task A_helper_that_nobody_disposes_of_gets_no_fix() =>
        StaysAsync(PluginCode.Processor("") + "internal sealed class Ticking { private readonly Timer _kept = new(_ => { }); }");

    [Fact]
    public Task A_handler_is_taken_off()
    {
        const string Members = "public void Start() { AppDomain.CurrentDomain.ProcessExit += OnEnd; } private void OnEnd(object? sender, EventArgs e) { }";

        return BecomesAsync(
            PluginCode.Processor("", Members),
            PluginCode.Processor("", Members + "public ValueTask DisposeAsync() { AppDomain.CurrentDomain.ProcessExit -= OnEnd; return default; }"));
    }

    [Fact]
    public Task A_lambda_cannot_be_taken_off() => StaysAsync(PluginCode.Processor("", "public void Start() { AppDomain.CurrentDomain.ProcessExit += (_, _) => { }; }"));
}
