namespace Dkron.Analyzers.Tests.Fixes;

public sealed class ResultFixTests : FixTests
{
    private const string Body = "{ public ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken) => new(ProcessorResult.Unchanged); }";

    [Theory]
    [InlineData(
        "try { await DeliverAsync(cancellationToken); return ProcessorResult.Unchanged; } catch (IOException e) { return ProcessorResult.WithOutput(e.Message); }",
        "try { await DeliverAsync(cancellationToken); return ProcessorResult.Unchanged; } catch (IOException e) { return ProcessorResult.Retry(TimeSpan.Zero, e.Message); }")]
    [InlineData(
        "try { await DeliverAsync(cancellationToken); } catch (IOException e) { context.Log.Write(PluginLogLevel.Error, e.Message); } return ProcessorResult.WithOutput(\"sent\");",
        "try { await DeliverAsync(cancellationToken); } catch (IOException e) { context.Log.Write(PluginLogLevel.Error, e.Message); return ProcessorResult.Retry(TimeSpan.Zero, e.Message); } return ProcessorResult.WithOutput(\"sent\");")]
    [InlineData("await Task.Yield(); _ = DeliverAsync(cancellationToken); return ProcessorResult.WithOutput(\"sent\");", "await Task.Yield(); await DeliverAsync(cancellationToken); return ProcessorResult.WithOutput(\"sent\");")]
    [InlineData("await Task.Yield(); var sending = DeliverAsync(cancellationToken); return ProcessorResult.WithOutput(\"sent\");", "await Task.Yield(); await DeliverAsync(cancellationToken); return ProcessorResult.WithOutput(\"sent\");")]
    public Task The_output_is_replaced_only_when_the_delivery_has_worked(string before, string after) => BecomesAsync(Processor(before), Processor(after));

    [Fact]
    public Task A_catch_without_a_name_gets_no_fix() => StaysAsync(Processor("try { await DeliverAsync(cancellationToken); } catch (IOException) { } return ProcessorResult.WithOutput(\"sent\");"));

    [Theory]
    [InlineData("internal sealed class One : IExecutionProcessor", "public sealed class One : IExecutionProcessor")]
    [InlineData("class One : IExecutionProcessor", "public class One : IExecutionProcessor")]
    public Task A_class_is_made_public(string before, string after) => BecomesAsync($"{before} {Body}", $"{after} {Body}");

    [Fact]
    public Task An_abstract_class_gets_no_fix() => StaysAsync($"public abstract class One : IExecutionProcessor {Body}");

    private static string Processor(string statements) => $$"""
        public sealed class SampleProcessor : IExecutionProcessor
        {
            public async ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken) { {{statements}} }
            private static Task DeliverAsync(CancellationToken cancellationToken) => Task.Delay(1, cancellationToken);
        }
        """;
}
