namespace Dkron.Analyzers.Tests.Unloading;

public sealed class UnownedWorkTests : RuleTests
{
    private const string Rule = "DKRON013";

    private const string Members = "private static async Task LoopAsync() => await Task.Yield(); private static ValueTask StepAsync() => default; private static void Loop() { }";

    [Theory]
    [InlineData("_ = LoopAsync();", "LoopAsync()")]
    [InlineData("LoopAsync();", "LoopAsync()")]
    [InlineData("_ = StepAsync();", "StepAsync()")]
    [InlineData("_ = Task.Run(() => 1);", "Task.Run(() => 1)")]
    [InlineData("_ = Task.Factory.StartNew(Loop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);", "Task.Factory.StartNew(Loop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)")]
    [InlineData("new Thread(Loop).Start();", "new Thread(Loop).Start()")]
    [InlineData("new Thread(Loop) { IsBackground = true }.Start();", "new Thread(Loop) { IsBackground = true }.Start()")]
    [InlineData("Action act = async () => await Task.Yield(); act();", "async () => await Task.Yield()")]
    [InlineData("static async void Later() { await Task.Yield(); } Later();", "Later")]
    public Task Work_that_nobody_waits_for_is_found(string statements, string place) =>
        HasAsync(Rule, PluginCode.Processor("", $"public void Start() {{ {statements} }} {Members}"), place);

    [Fact]
    public Task An_async_method_that_gives_nothing_is_found() =>
        HasAsync(Rule, PluginCode.Processor("", "private async void OnChanged(object? sender, EventArgs e) => await Task.Yield(); public EventHandler Handler => OnChanged;"), "OnChanged");

    [Theory]
    [InlineData("_running = LoopAsync();")]
    [InlineData("var running = LoopAsync(); running.ContinueWith(done => done.IsFaulted, TaskScheduler.Default);")]
    [InlineData("_ = LoopAsync().ContinueWith(done => done.IsFaulted, TaskScheduler.Default);")]
    [InlineData("var thread = new Thread(Loop); thread.Start(); thread.Join();")]
    [InlineData("Func<Task> act = async () => await Task.Yield(); _running = act();")]
    [InlineData("Action act = async () => { try { await Task.Yield(); } catch (Exception) { } }; act();")]
    [InlineData("_ = int.Parse(\"1\"); new Processes().Start();")]
    public Task Work_that_has_an_owner_is_all_right(string statements) =>
        HasNothingAsync(PluginCode.Processor("", $"private Task _running = Task.CompletedTask; public void Start() {{ {statements} }} public async ValueTask DisposeAsync() => await _running; {Members}") + "internal sealed class Processes { public void Start() { } }");
}
