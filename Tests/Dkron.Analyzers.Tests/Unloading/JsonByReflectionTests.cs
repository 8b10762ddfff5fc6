namespace Dkron.Analyzers.Tests.Unloading;

public sealed class JsonByReflectionTests : RuleTests
{
    private const string Rule = "DKRON001";

    private const string Types = """
        public sealed record Order(int Number);
        public enum Colour { Red }
        [System.Text.Json.Serialization.JsonSerializable(typeof(Order))]
        internal sealed partial class OrderContext : System.Text.Json.Serialization.JsonSerializerContext;
        """;

    [Theory]
    [InlineData("System.Text.Json.JsonSerializer.Serialize(new Order(1))")]
    [InlineData("System.Text.Json.JsonSerializer.Serialize(new { Number = 1 })")]
    [InlineData("System.Text.Json.JsonSerializer.Serialize(new List<Order>())")]
    [InlineData("System.Text.Json.JsonSerializer.Serialize(new[] { (Key: 1, Value: Colour.Red) })")]
    [InlineData("System.Text.Json.JsonSerializer.Serialize<object>(new Order(1))")]
    [InlineData("System.Text.Json.JsonSerializer.Deserialize<Order>(\"{}\")")]
    [InlineData("System.Text.Json.JsonSerializer.Deserialize(\"{}\", typeof(Order))")]
    [InlineData("System.Text.Json.JsonSerializer.Serialize(new Order(1), new System.Text.Json.JsonSerializerOptions { WriteIndented = true })")]
    [InlineData("System.Text.Json.JsonSerializer.Serialize(new Order(1), System.Text.Json.JsonSerializerOptions.Web)")]
    [InlineData("System.Text.Json.JsonSerializer.Serialize(new Order(1), Plain)")]
    [InlineData("System.Text.Json.Nodes.JsonValue.Create(new Order(1))")]
    [InlineData("System.Net.Http.Json.JsonContent.Create(new Order(1))")]
    public Task An_own_type_is_read_by_reflection(string call) =>
        HasAsync(Rule, PluginCode.Processor($"_ = {call};", "private static readonly System.Text.Json.JsonSerializerOptions Plain = new(System.Text.Json.JsonSerializerDefaults.Web) { WriteIndented = true };") + Types, call);

    [Theory]
    [InlineData("System.Text.Json.JsonSerializer.Serialize(new Order(1), OrderContext.Default.Order)")]
    [InlineData("System.Text.Json.JsonSerializer.Serialize(new Order(1), typeof(Order), OrderContext.Default)")]
    [InlineData("System.Text.Json.JsonSerializer.Serialize(new Order(1), OrderContext.Default.Options)")]
    [InlineData("System.Text.Json.JsonSerializer.Serialize(new Order(1), new System.Text.Json.JsonSerializerOptions { TypeInfoResolver = OrderContext.Default })")]
    [InlineData("System.Text.Json.JsonSerializer.Serialize(new Order(1), Generated)")]
    [InlineData("System.Text.Json.JsonSerializer.Serialize(new Order(1), Elsewhere())")]
    [InlineData("System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string>())")]
    [InlineData("System.Text.Json.JsonSerializer.Serialize(new[] { 1, 2 })")]
    [InlineData("System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.Nodes.JsonNode>(\"{}\")")]
    [InlineData("System.Text.Json.JsonSerializer.Serialize(context.Execution.Id)")]
    [InlineData("System.Text.Json.JsonDocument.Parse(\"{}\")")]
    public Task Generated_information_and_types_of_the_framework_are_all_right(string call) =>
        HasNothingAsync(PluginCode.Processor(
            $"_ = {call};",
            """
            private static readonly System.Text.Json.JsonSerializerOptions Generated = new() { TypeInfoResolver = OrderContext.Default };
            private static System.Text.Json.JsonSerializerOptions Elsewhere() => Generated;
            """) + Types);

    [Fact]
    public Task Options_that_get_their_resolver_later_in_the_same_type_are_all_right() =>
        HasNothingAsync(PluginCode.Processor(
            "_ = System.Text.Json.JsonSerializer.Serialize(new Order(1), _options);",
            """
            private readonly System.Text.Json.JsonSerializerOptions _options = new();
            public SampleProcessor() => _options.TypeInfoResolverChain.Add(OrderContext.Default);
            """) + Types);

    [Fact]
    public async Task Http_calls_with_own_types_are_found()
    {
        var source = PluginCode.Processor("await new HttpClient().PostAsJsonAsync(\"http://localhost\", new Order(1), cancellationToken);") + Types;

        var findings = await PluginCode.FindingsAsync("using System.Net.Http.Json;\n" + source);

        findings.Should().ContainSingle().Which.Message.Should().Be("'HttpClientJsonExtensions.PostAsJsonAsync' reads the plugin's type 'Order' by reflection, and the framework's cache then keeps a replaced version of the plugin in memory; pass it a JsonTypeInfo of a generated JsonSerializerContext");
    }
}
