namespace Dkron.Analyzers.Tests.Unloading;

public sealed class LeftHandlerTests : RuleTests
{
    private const string Rule = "DKRON003";

    [Theory]
    [InlineData("AppDomain.CurrentDomain.ProcessExit += OnEvent")]
    [InlineData("Console.CancelKeyPress += OnEvent")]
    [InlineData("TaskScheduler.UnobservedTaskException += OnEvent")]
    [InlineData("System.Runtime.Loader.AssemblyLoadContext.Default.Unloading += OnUnloading")]
    [InlineData("System.Net.NetworkInformation.NetworkChange.NetworkAddressChanged += OnEvent")]
    [InlineData("AppDomain.CurrentDomain.ProcessExit += (_, _) => { }")]
    [InlineData("AppDomain.CurrentDomain.ProcessExit += Kept")]
    public Task A_handler_that_nothing_takes_off_is_found(string statement) => HasAsync(Rule, WithStart(statement, "return default;"), statement);

    [Fact]
    public Task Taking_off_another_handler_or_a_lambda_of_the_same_text_is_no_taking_off() =>
        HasAsync(
            Rule,
            WithStart(
                "Console.CancelKeyPress += OnEvent; AppDomain.CurrentDomain.ProcessExit += (_, _) => { }",
                "Console.CancelKeyPress -= Kept2; AppDomain.CurrentDomain.ProcessExit -= (_, _) => { }; return default;"),
            "Console.CancelKeyPress += OnEvent",
            "AppDomain.CurrentDomain.ProcessExit += (_, _) => { }");

    [Theory]
    [InlineData("AppDomain.CurrentDomain.ProcessExit += OnEvent", "AppDomain.CurrentDomain.ProcessExit -= OnEvent; return default;")]
    [InlineData("AppDomain.CurrentDomain.ProcessExit += this.OnEvent", "AppDomain.CurrentDomain.ProcessExit -= new EventHandler(OnEvent); return default;")]
    [InlineData("AppDomain.CurrentDomain.ProcessExit += Kept", "AppDomain.CurrentDomain.ProcessExit -= Kept; return default;")]
    [InlineData("Console.CancelKeyPress += OnEvent", "Stop(); return default; } private void Stop() { Console.CancelKeyPress -= OnEvent;")]
    public Task A_handler_that_the_type_takes_off_is_all_right(string statement, string disposal) => HasNothingAsync(WithStart(statement, disposal));

    [Theory]
    [InlineData("System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(typeof(SampleProcessor).Assembly)!.Unloading += OnUnloading")]
    [InlineData("Happened += OnEvent")]
    [InlineData("Own.Changed += OnEvent")]
    [InlineData("new System.Diagnostics.Process().Exited += OnEvent")]
    public Task An_event_that_lives_no_longer_than_the_plugin_is_all_right(string statement) => HasNothingAsync(WithStart(statement, "return default;"));

    private static string WithStart(string statement, string disposal) => PluginCode.Processor(
        "",
        $$"""
        private static readonly EventHandler Kept = (_, _) => { };
        private static readonly ConsoleCancelEventHandler Kept2 = (_, _) => { };
        public event EventHandler? Happened;
        public void Start() { {{statement}}; }
        public ValueTask DisposeAsync() { {{disposal}} }
        private void OnEvent(object? sender, EventArgs e) => Happened?.Invoke(this, e);
        private void OnUnloading(System.Runtime.Loader.AssemblyLoadContext context) { }
        """) + "internal static class Own { public static event EventHandler? Changed; public static void Raise() => Changed?.Invoke(null, EventArgs.Empty); }";
}
