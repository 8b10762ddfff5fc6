using System.Text.RegularExpressions;

namespace Dkron.Analyzers.Tests.Unloading;

/// <summary>What the host finds in a built plugin, the author was told in the same words when it was built, as far as the words are the same for both.</summary>
public sealed partial class HostAgreementTests
{
    // The risks that the host names, each with code that has it.
    private static readonly Dictionary<string, string> Code = new(StringComparer.Ordinal)
    {
        ["it uses C# dynamic: use interfaces or dictionaries"] = "dynamic own = context; own.ToString();",
        ["it uses Newtonsoft.Json: use System.Text.Json with a generated JsonSerializerContext"] = "_ = Newtonsoft.Json.JsonConvert.SerializeObject(context);",
        ["it uses Npgsql, which goes on in the background: let a command or a service of its own do the work"] = "_ = new Npgsql.NpgsqlConnection();",
        ["it uses Microsoft.Data.Sqlite, which registers itself for the end of the process"] = "_ = new Microsoft.Data.Sqlite.SqliteConnection();",
        ["it uses ConfigurationBinder: read options with ProcessorConfig"] = "_ = Microsoft.Extensions.Configuration.ConfigurationBinder.Get<DayOfWeek>(null!);",
        ["it uses TypeDescriptor: convert texts with Parse methods"] = "System.ComponentModel.TypeDescriptor.GetConverter(typeof(DayOfWeek));",
        ["it uses DataAnnotations.Validator: check values in Validate of IDeclareOptions"] = "System.ComponentModel.DataAnnotations.Validator.TryValidateObject(context, new(context), null);",
        ["it listens to AppDomain.ProcessExit: do that work in DisposeAsync"] = "AppDomain.CurrentDomain.ProcessExit += (_, _) => { };",
        ["it listens to AppDomain.FirstChanceException: take the handler off in DisposeAsync"] = "AppDomain.CurrentDomain.FirstChanceException += (_, _) => { };",
        ["it listens to AppDomain.UnhandledException: take the handler off in DisposeAsync"] = "AppDomain.CurrentDomain.UnhandledException += (_, _) => { };",
        ["it uses AppDomain.SetData: keep the value in a field"] = "AppDomain.CurrentDomain.SetData(\"key\", context);",
        ["it listens to TaskScheduler.UnobservedTaskException: take the handler off in DisposeAsync"] = "TaskScheduler.UnobservedTaskException += (_, _) => { };",
        ["it listens to Console.CancelKeyPress: do that work in DisposeAsync"] = "Console.CancelKeyPress += (_, _) => { };",
        ["it replaces Console.Out: write to the log it is given"] = "Console.SetOut(TextWriter.Null);",
        ["it uses Encoding.RegisterProvider, which can never be undone: use GetEncoding of the provider itself"] = "System.Text.Encoding.RegisterProvider(System.Text.CodePagesEncodingProvider.Instance);",
        ["it uses JsonSerializer by reflection: use a generated JsonSerializerContext"] = "System.Text.Json.JsonSerializer.Serialize(new { context.Attempt });",
    };

    [Fact]
    public async Task Every_risk_that_the_host_knows_is_found_at_build_time()
    {
        var host = await File.ReadAllTextAsync(Path.Combine(Repository.Folder, "Dkron.Host", "Plugins", "UnloadRisks.cs"), TestContext.Current.CancellationToken);

        var risks = Risk().Matches(host).Select(match => match.Groups[1].Value);

        risks.Should().BeEquivalentTo(Code.Keys);
    }

    [Fact]
    public async Task Each_of_them_is_said_once_and_what_needs_no_other_words_in_the_hosts_own()
    {
        Microsoft.CodeAnalysis.MetadataReference[] libraries =
        [
            Microsoft.CodeAnalysis.MetadataReference.CreateFromFile(typeof(Newtonsoft.Json.JsonConvert).Assembly.Location),
            PluginCode.Reference("Npgsql", "namespace Npgsql; public class NpgsqlConnection;"),
            PluginCode.Reference("Microsoft.Data.Sqlite", "namespace Microsoft.Data.Sqlite; public class SqliteConnection;"),
        ];

        foreach (var (risk, statement) in Code)
        {
            var findings = await PluginCode.FindingsAsync(PluginCode.Processor(statement), PluginCode.Name, libraries);

            var finding = findings.Should().ContainSingle(risk).Which;
            finding.Id.Should().BeOneOf("DKRON001", "DKRON002", "DKRON003");
            finding.Message.Should().Match(message => finding.Id != "DKRON002" || message.EndsWith(risk, StringComparison.Ordinal));
        }
    }

    [GeneratedRegex("\"(it (?:uses|listens|replaces) [^\"]+)\"")]
    private static partial Regex Risk();
}
