namespace Dkron.Analyzers.Tests.Calls;

public sealed class IgnoredTokenTests : RuleTests
{
    private const string Rule = "DKRON007";

    private const string Members = """
        private static Task WorkAsync(int number) => Task.CompletedTask;
        private static Task OptionalAsync(int number = 1, CancellationToken token = default, bool flush = true) => Task.CompletedTask;
        private static async IAsyncEnumerable<int> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token = default) { await Task.Delay(1, token); yield return 1; }
        """;

    [Theory]
    [InlineData("await Task.Delay(100);", "Task.Delay(100)")]
    [InlineData("await Task.Delay(TimeSpan.Zero, TimeProvider.System);", "Task.Delay(TimeSpan.Zero, TimeProvider.System)")]
    [InlineData("await new HttpClient().GetStringAsync(\"http://localhost\");", "new HttpClient().GetStringAsync(\"http://localhost\")")]
    [InlineData("await new MemoryStream().WriteAsync(new byte[1], 0, 1);", "new MemoryStream().WriteAsync(new byte[1], 0, 1)")]
    [InlineData("await File.WriteAllTextAsync(\"path\", \"text\");", "File.WriteAllTextAsync(\"path\", \"text\")")]
    [InlineData("await OptionalAsync(flush: false);", "OptionalAsync(flush: false)")]
    [InlineData("using var client = new System.Net.Sockets.TcpClient(); await client.ConnectAsync(\"localhost\", 1);", "client.ConnectAsync(\"localhost\", 1)")]
    [InlineData("await foreach (var number in ReadAsync()) { }", "ReadAsync()")]
    [InlineData("await new SemaphoreSlim(1).WaitAsync().ConfigureAwait(false);", "new SemaphoreSlim(1).WaitAsync()")]
    [InlineData("await Task.Run(async () => await Task.Delay(1), cancellationToken);", "Task.Delay(1)")]
    public Task An_awaited_call_that_could_be_given_the_token_is_found(string statements, string place) => HasAsync(Rule, PluginCode.Processor(statements, Members), place);

    [Fact]
    public Task A_call_that_awaits_and_never_looks_at_its_token_is_found() => HasAsync(Rule, PluginCode.Processor("await WorkAsync(1);", Members), "cancellationToken");

    [Fact]
    public Task Other_types_of_the_plugin_pass_it_on_as_well() =>
        HasAsync(Rule, PluginCode.Processor("") + "internal static class Sender { public static async Task SendAsync(CancellationToken token) => await Task.Delay(1); }", "Task.Delay(1)");

    [Theory]
    [InlineData("await Task.Delay(100, cancellationToken);")]
    [InlineData("await Task.Delay(100, CancellationToken.None);")]
    [InlineData("using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken); await OptionalAsync(token: limit.Token);")]
    [InlineData("await foreach (var number in ReadAsync().WithCancellation(cancellationToken)) { }")]
    [InlineData("await new SemaphoreSlim(1).WaitAsync().WaitAsync(cancellationToken);")]
    [InlineData("await Task.Run(() => 1, cancellationToken); await Task.WhenAll(WorkAsync(1));")]
    [InlineData("cancellationToken.ThrowIfCancellationRequested(); await WorkAsync(1);")]
    [InlineData("try { await Task.Delay(1, cancellationToken); } finally { await new MemoryStream().FlushAsync(); }")]
    [InlineData("try { await Task.Delay(1, cancellationToken); } catch (IOException) { await new MemoryStream().FlushAsync(); }")]
    [InlineData("await Task.Yield();")]
    [InlineData("using var client = new System.Net.Sockets.TcpClient(); Task connecting = client.ConnectAsync(\"localhost\", 1); await connecting.WaitAsync(cancellationToken);")]
    [InlineData("await Task.CompletedTask;")]
    [InlineData("await using var stream = new MemoryStream();")]
    [InlineData("static async Task ApartAsync() => await Task.Delay(1); await ApartAsync().WaitAsync(cancellationToken);")]
    public Task A_token_that_is_passed_on_or_must_not_be_is_all_right(string statements) => HasNothingAsync(PluginCode.Processor(statements, Members));

    [Fact]
    public Task Without_a_token_at_hand_there_is_nothing_to_pass() =>
        HasNothingAsync(PluginCode.Processor("", "public async ValueTask DisposeAsync() { await Task.Delay(1); await new MemoryStream().FlushAsync(); }"));

    [Fact]
    public Task A_processor_that_does_not_wait_need_not_look_at_it() =>
        HasNothingAsync("public sealed class SampleProcessor : IExecutionProcessor { public ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken) => new(ProcessorResult.Unchanged); }");
}
