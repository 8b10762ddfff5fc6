namespace Dkron.Analyzers.Tests.Calls;

public sealed class UnprovenDeliveryTests : RuleTests
{
    private const string Rule = "DKRON008";

    private const string Members = """
        private static Task DeliverAsync(ProcessorContext context, CancellationToken cancellationToken) => Task.Delay(1, cancellationToken);
        private static void Note(string what) { }
        """;

    [Theory]
    [InlineData("try { await DeliverAsync(context, cancellationToken); return ProcessorResult.Unchanged; } catch (IOException) { return ProcessorResult.WithOutput(\"sent\"); }", "ProcessorResult.WithOutput(\"sent\")")]
    [InlineData("try { await DeliverAsync(context, cancellationToken); } catch (IOException e) { context.Log.Write(PluginLogLevel.Error, $\"No: {e.Message.Trim()}\", e); } return ProcessorResult.WithOutput(\"sent\");", "catch (IOException e) { context.Log.Write(PluginLogLevel.Error, $\"No: {e.Message.Trim()}\", e); }")]
    [InlineData("try { await DeliverAsync(context, cancellationToken); } catch (Exception e) when (e is IOException) { } return context.Forward ? ProcessorResult.Unchanged : ProcessorResult.WithOutput(\"sent\").WithTag(\"a\", \"b\");", "catch (Exception e) when (e is IOException) { }")]
    [InlineData("await Task.Yield(); _ = DeliverAsync(context, cancellationToken); return ProcessorResult.WithOutput(\"sent\");", "DeliverAsync(context, cancellationToken)")]
    [InlineData("await Task.Yield(); var sending = DeliverAsync(context, cancellationToken); return ProcessorResult.WithOutput(\"sent\");", "DeliverAsync(context, cancellationToken)")]
    [InlineData("await Task.Yield(); _ = Task.Run(() => DeliverAsync(context, cancellationToken), cancellationToken); return ProcessorResult.WithOutput(\"sent\");", "Task.Run(() => DeliverAsync(context, cancellationToken), cancellationToken)")]
    public Task An_output_that_is_replaced_without_a_delivery_is_found(string statements, string place) => HasAsync(Rule, Processor(statements), place);

    [Fact]
    public Task A_processor_that_is_not_async_is_looked_at_too() =>
        HasAsync(
            Rule,
            "public sealed class SampleProcessor : IExecutionProcessor { public ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken) { DeliverAsync(context, cancellationToken); return new(ProcessorResult.WithOutput(\"sent\")); } " + Members + "}",
            "DeliverAsync(context, cancellationToken)");

    [Theory]
    [InlineData("await DeliverAsync(context, cancellationToken); return ProcessorResult.WithOutput(\"sent\");")]
    [InlineData("var sent = ProcessorResult.WithOutput(\"sent\"); await DeliverAsync(context, cancellationToken); return sent;")]
    [InlineData("try { await DeliverAsync(context, cancellationToken); } catch (IOException e) { return ProcessorResult.Retry(TimeSpan.Zero, e.Message); } return ProcessorResult.WithOutput(\"sent\");")]
    [InlineData("try { await DeliverAsync(context, cancellationToken); } catch (IOException) { throw; } return ProcessorResult.WithOutput(\"sent\");")]
    [InlineData("try { await DeliverAsync(context, cancellationToken); return ProcessorResult.WithOutput(\"sent\"); } catch (IOException e) { Note(e.Message); } return ProcessorResult.Unchanged;")]
    [InlineData("try { await DeliverAsync(context, cancellationToken); } catch (IOException) { File.WriteAllText(\"spool\", context.Output.ToString()); return ProcessorResult.WithOutput(\"spooled\"); } return ProcessorResult.Unchanged;")]
    [InlineData("try { await DeliverAsync(context, cancellationToken); } catch (IOException e) { Note(e.Message); } return ProcessorResult.WithOutput(\"sent or noted\");")]
    [InlineData("var failed = false; try { await DeliverAsync(context, cancellationToken); } catch (IOException) { failed = true; } return failed ? ProcessorResult.Fail(\"no\") : ProcessorResult.WithOutput(\"sent\");")]
    [InlineData("var problems = new List<string>(); try { await DeliverAsync(context, cancellationToken); } catch (IOException e) { problems.Add(e.Message); } return problems.Count > 0 ? ProcessorResult.Fail(problems[0]) : ProcessorResult.WithOutput(\"sent\");")]
    [InlineData("try { await DeliverAsync(context, cancellationToken); } catch (IOException) { await DeliverAsync(context, cancellationToken); return ProcessorResult.WithOutput(\"sent at last\"); } return ProcessorResult.WithOutput(\"sent\");")]
    [InlineData("try { await DeliverAsync(context, cancellationToken); } catch (IOException) { } await DeliverAsync(context, cancellationToken); return ProcessorResult.WithOutput(\"sent\");")]
    [InlineData("await DeliverAsync(context, cancellationToken); try { await Task.Delay(1, cancellationToken); } catch (IOException e) { Note(e.Message); } return ProcessorResult.WithOutput(\"sent\");")]
    [InlineData("for (var i = 0; ; i++) { try { await DeliverAsync(context, cancellationToken); break; } catch (IOException) when (i < 3) { } } return ProcessorResult.WithOutput(\"sent\");")]
    [InlineData("var noting = Task.Run(() => Note(\"begun\"), cancellationToken); await DeliverAsync(context, cancellationToken); return ProcessorResult.WithOutput(\"sent\");")]
    [InlineData("var sending = DeliverAsync(context, cancellationToken); await sending; return ProcessorResult.WithOutput(\"sent\");")]
    [InlineData("await Task.Yield(); try { return ProcessorResult.WithOutput(int.Parse(context.Output.ToString()).ToString()); } catch (FormatException) { return ProcessorResult.WithOutput(\"no number\"); }")]
    [InlineData("try { await DeliverAsync(context, cancellationToken); } catch (IOException e) { Note(e.Message); } return ProcessorResult.Unchanged;")]
    public Task An_output_that_is_replaced_after_its_delivery_or_kept_is_all_right(string statements) => HasNothingAsync(Processor(statements));

    private static string Processor(string statements) => $$"""
        public sealed class SampleProcessor : IExecutionProcessor
        {
            public async ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken) { {{statements}} }
            {{Members}}
        }
        """;
}
