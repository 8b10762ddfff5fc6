namespace Dkron.Analyzers.Tests.Unloading;

public sealed class HoldingApiTests : RuleTests
{
    private const string Rule = "DKRON002";

    [Theory]
    [InlineData("System.ComponentModel.TypeDescriptor.GetConverter(typeof(DayOfWeek))")]
    [InlineData("System.ComponentModel.DataAnnotations.Validator.TryValidateObject(context, new(context), null)")]
    [InlineData("Microsoft.Extensions.Configuration.ConfigurationBinder.Get<DayOfWeek>(Settings)")]
    public Task A_cache_that_is_never_emptied_is_found(string call) =>
        HasAsync(Rule, PluginCode.Processor($"_ = {call};", "private static Microsoft.Extensions.Configuration.IConfiguration Settings => null!;"), call);

    [Theory]
    [InlineData("AppDomain.CurrentDomain.SetData(\"key\", context)")]
    [InlineData("Console.SetOut(TextWriter.Null)")]
    [InlineData("Console.SetError(TextWriter.Null)")]
    [InlineData("System.Text.Encoding.RegisterProvider(System.Text.CodePagesEncodingProvider.Instance)")]
    public Task What_is_left_with_the_process_is_found(string call) => HasAsync(Rule, PluginCode.Processor($"{call};"), call);

    [Theory]
    [InlineData("dynamic own = context; string id = own.InvocationId;", "own.InvocationId")]
    [InlineData("dynamic own = context; own.ToString();", "own.ToString()")]
    [InlineData("dynamic own = new List<int>(); _ = own[0];", "own[0]")]
    [InlineData("dynamic own = 1; int number = own;", "own")]
    [InlineData("dynamic own = 1; var sum = own + 1;", "own + 1")]
    public Task Dynamic_is_found_where_it_is_bound(string statements, string place) => HasAsync(Rule, PluginCode.Processor(statements), place);

    [Theory]
    [InlineData("AppDomain.CurrentDomain.SetData(\"key\", \"text\");")]
    [InlineData("AppDomain.CurrentDomain.SetData(\"key\", null);")]
    [InlineData("_ = AppDomain.CurrentDomain.GetData(\"key\");")]
    [InlineData("Console.Out.Flush();")]
    [InlineData("_ = System.Text.CodePagesEncodingProvider.Instance.GetEncoding(1252);")]
    [InlineData("object own = context; _ = own.ToString();")]
    [InlineData("_ = new System.ComponentModel.DataAnnotations.RangeAttribute(1, 2);")]
    [InlineData("_ = System.Text.Json.Nodes.JsonNode.Parse(\"{}\")!.ToJsonString();")]
    public Task What_holds_nothing_is_all_right(string statements) => HasNothingAsync(PluginCode.Processor(statements));

    [Theory]
    [InlineData("Npgsql", "NpgsqlConnection", "it uses Npgsql, which goes on in the background: let a command or a service of its own do the work")]
    [InlineData("Microsoft.Data.Sqlite", "SqliteConnection", "it uses Microsoft.Data.Sqlite, which registers itself for the end of the process")]
    public async Task A_library_that_holds_is_found(string assembly, string type, string remedy)
    {
        var library = PluginCode.Reference(assembly, $"namespace {assembly}; public class {type} {{ public void Open() {{ }} }}");

        var findings = await PluginCode.FindingsAsync(PluginCode.Processor($"new {assembly}.{type}().Open();"), PluginCode.Name, library);

        findings.Should().Equal(new Finding(Rule, $"new {assembly}.{type}()", $"A replaced version of the plugin stays in memory, since {remedy}"));
    }

    [Fact]
    public async Task Newtonsoft_is_found()
    {
        var library = Microsoft.CodeAnalysis.MetadataReference.CreateFromFile(typeof(Newtonsoft.Json.JsonConvert).Assembly.Location);

        var findings = await PluginCode.FindingsAsync(PluginCode.Processor("_ = Newtonsoft.Json.JsonConvert.SerializeObject(context);"), PluginCode.Name, library);

        findings.Should().ContainSingle().Which.Id.Should().Be(Rule);
    }
}
