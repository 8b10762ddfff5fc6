using Dkron.Testing;

namespace Dkron.Processors.PluginClass.Tests;

public sealed class PluginClassProcessorTests
{
    [Fact]
    public async Task Each_line_gets_the_prefix()
    {
        await using var host = await ProcessorTestHost.LoadAsync("PLUGIN_LOWER", cancellationToken: TestContext.Current.CancellationToken);

        var call = await host.CallAsync(new ExecutionBuilder().Output("one\ntwo\n").Option("prefix", "# "), TestContext.Current.CancellationToken);

        call.EnsureWorked();
        Assert.Equal("# one\n# two\n", call.Output);
        Assert.Equal("2", call.Tags["lines"]);
    }

    [Fact]
    public async Task A_wrong_option_is_refused_before_the_job_runs()
    {
        await using var host = await ProcessorTestHost.LoadAsync("PLUGIN_LOWER", cancellationToken: TestContext.Current.CancellationToken);

        var problems = host.Problems(new ExecutionBuilder().Option("max_lines", "0"));

        Assert.Contains("max_lines", Assert.Single(problems));
    }

    [Fact]
    public async Task New_versions_take_over_while_calls_go_on_and_old_ones_leave_memory()
    {
        await using var host = await ProcessorTestHost.LoadAsync("PLUGIN_LOWER", cancellationToken: TestContext.Current.CancellationToken);

        var report = await host.SwapUnderLoadAsync(["PLUGIN_LOWER", "PLUGIN_LOWER"], cancellationToken: TestContext.Current.CancellationToken);

        report.EnsureAllWorked();
        await host.EnsureUnloadsAsync();
    }
}
