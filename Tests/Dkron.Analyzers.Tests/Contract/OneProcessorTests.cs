namespace Dkron.Analyzers.Tests.Contract;

public sealed class OneProcessorTests : RuleTests
{
    private const string Rule = "DKRON010";
    private const string Body = "{ public ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken) => new(ProcessorResult.Unchanged); }";

    [Fact]
    public Task Two_processors_are_found() =>
        HasAsync(Rule, $"public class One : IExecutionProcessor {Body} public class Two : IExecutionProcessor {Body}", "One", "Two");

    [Fact]
    public Task A_processor_that_derives_from_another_is_a_second_one() => HasAsync(Rule, $"public class One : IExecutionProcessor {Body} public sealed class Two : One;", "One", "Two");

    [Theory]
    [InlineData("internal sealed class One : IExecutionProcessor", "", "'One' as the plugin's processor, since it is not public;")]
    [InlineData("class One : IExecutionProcessor", "", "since it is not public;")]
    [InlineData("public abstract class One : IExecutionProcessor", "", "since it is abstract;")]
    [InlineData("public class One<T> : IExecutionProcessor", "", "since it is generic;")]
    [InlineData("internal static class Outer { public class One : IExecutionProcessor", "}", "since it lies in 'Outer', which is not public;")]
    public async Task A_processor_that_the_host_cannot_take_is_found(string declaration, string end, string reason)
    {
        var findings = await PluginCode.FindingsAsync($"{declaration} {Body} {end}");

        findings.Should().ContainSingle().Which.Should().Match<Finding>(finding => finding.Id == Rule && finding.Code == "One" && finding.Message.Contains(reason));
    }

    [Fact]
    public async Task A_plugin_by_name_without_any_is_found()
    {
        var findings = await PluginCode.FindingsAsync("internal static class Nothing;");

        findings.Should().Equal(new Finding(Rule, "", "The host refuses 'dkron-processor-sample', since no class of it implements IExecutionProcessor; add a public one"));
    }

    [Theory]
    [InlineData("public sealed class One : IExecutionProcessor {0} internal sealed class Two : IExecutionProcessor {0}")]
    [InlineData("public abstract class Root : IExecutionProcessor {0} public sealed class One : Root;")]
    [InlineData("public static class Outer {{ public sealed class One : IExecutionProcessor {0} }}")]
    [InlineData("public interface IMore : IExecutionProcessor; public sealed class One : IMore {0}")]
    public Task One_that_the_host_can_take_is_all_right(string source) => HasNothingAsync(source.Replace("{0}", Body, StringComparison.Ordinal).Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal));
}
