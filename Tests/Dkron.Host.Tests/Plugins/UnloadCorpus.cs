namespace Dkron.Host.Tests.Plugins;

/// <summary>One tiny plugin for each thing that may or may not keep a replaced version in memory, and what this runtime does.</summary>
internal static class UnloadCorpus
{
    /// <summary>What a plugin does in each call, whether its old version leaves memory, and what to do instead.</summary>
    public static readonly IReadOnlyList<(string What, bool Unloads, string Remedy, string Statement, string Members)> Rows =
    [
        ("statics, `[ThreadStatic]`, `ThreadLocal`", true, "", "Kept.Add(new Own()); Slot = new Own(); Local.Value = new Own();", "static readonly List<Own> Kept = []; [ThreadStatic] static Own? Slot; static readonly ThreadLocal<Own> Local = new();"),
        ("`Activator`, reflection, `Enum.Parse`", true, "", "Activator.CreateInstance(typeof(Own)); typeof(Own).GetMethod(\"ToString\")!.Invoke(new Own(), null); Enum.Parse<Colour>(\"Red\");", ""),
        ("compiled `Expression`", true, "", "System.Linq.Expressions.Expression.Lambda<Func<Own>>(System.Linq.Expressions.Expression.New(typeof(Own))).Compile()();", ""),
        ("compiled `Regex`", true, "", "new System.Text.RegularExpressions.Regex(\"a+\", System.Text.RegularExpressions.RegexOptions.Compiled).IsMatch(\"aaa\");", ""),
        ("`ArrayPool` of an own type, LINQ", true, "", "System.Buffers.ArrayPool<Own>.Shared.Return(System.Buffers.ArrayPool<Own>.Shared.Rent(8)); new[] { new Own() }.OrderBy(own => own.Text).ToList();", ""),
        ("`HttpClient`, not disposed", true, "dispose it all the same", "_ = new System.Net.Http.HttpClient();", ""),
        ("`ActivitySource`, `Meter`", true, "dispose them all the same", "new System.Diagnostics.ActivitySource(\"own\").StartActivity(\"own\"); new System.Diagnostics.Metrics.Meter(\"own\").CreateCounter<int>(\"own\").Add(1);", ""),
        ("a `TaskCompletionSource` that never completes", true, "", "_ = new TaskCompletionSource<Own>().Task.ContinueWith(done => done.Result.Text);", ""),
        ("a caught exception, an unobserved faulted task", true, "", "try { throw new OwnException(); } catch (OwnException) { } _ = Task.FromException(new OwnException());", ""),
        ("`AsyncLocal`", true, "", "Flowing.Value = new Own();", "static readonly AsyncLocal<Own> Flowing = new();"),
        ("a registration on the call's token that is never taken back", true, "", "cancellationToken.Register(() => Kept.Add(new Own()));", "static readonly List<Own> Kept = [];"),
        ("`JsonSerializer` by reflection", true, "only after a minute and a clearing of the framework's caches: use a generated `JsonSerializerContext`", "System.Text.Json.JsonSerializer.Serialize(new Own());", ""),
        ("`JsonDocument`, `JsonNode`, `Utf8JsonWriter`", true, "", "System.Text.Json.Nodes.JsonNode.Parse(\"{}\")!.ToJsonString();", ""),
        ("a thread that goes on after `DisposeAsync`", false, "end it in `DisposeAsync`", "new Thread(() => { while (true) { new Own().Text.Trim(); Thread.Sleep(50); } }) { IsBackground = true }.Start();", ""),
        ("a `Timer` in a static field", false, "dispose it in `DisposeAsync`", "Ticking = new Timer(_ => new Own().Text.Trim(), null, 0, 50);", "static Timer? Ticking;"),
        ("a `PeriodicTimer` loop", false, "end it in `DisposeAsync`", "_ = LoopAsync();", "static async Task LoopAsync() { using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50)); while (await timer.WaitForNextTickAsync()) { new Own().Text.Trim(); } }"),
        ("a long `Task.Delay` with a continuation", false, "give it a token that `DisposeAsync` cancels", "_ = Task.Delay(TimeSpan.FromHours(1)).ContinueWith(_ => new Own().Text);", ""),
        ("`AppDomain.ProcessExit`", false, "do that work in `DisposeAsync`", "AppDomain.CurrentDomain.ProcessExit += (_, _) => new Own().Text.Trim();", ""),
        ("`TaskScheduler.UnobservedTaskException`", false, "take the handler off in `DisposeAsync`", "TaskScheduler.UnobservedTaskException += (_, _) => new Own().Text.Trim();", ""),
        ("`AppDomain.SetData`", false, "keep the value in a field", "AppDomain.CurrentDomain.SetData(\"dkron-test-own\", new Own());", ""),
        ("`GCHandle`", false, "free it in `DisposeAsync`", "System.Runtime.InteropServices.GCHandle.Alloc(new Own());", ""),
        ("an observable gauge whose meter is not disposed", false, "dispose of the meter in `DisposeAsync`", "new System.Diagnostics.Metrics.Meter(\"own gauge\").CreateObservableGauge(\"own\", () => new Own().Text.Length);", ""),
        ("`Encoding.RegisterProvider`", false, "use the provider's own `GetEncoding`", "System.Text.Encoding.RegisterProvider(new OwnProvider());", "class OwnProvider : System.Text.EncodingProvider { public override System.Text.Encoding? GetEncoding(int codepage) => null; public override System.Text.Encoding? GetEncoding(string name) => null; }"),
        ("`TypeDescriptor`", false, "convert texts with `Parse` methods", "System.ComponentModel.TypeDescriptor.GetProperties(typeof(Own)); System.ComponentModel.TypeDescriptor.GetConverter(typeof(Colour)).ConvertFromString(\"Red\");", ""),
        ("`DataAnnotations.Validator`", false, "check values in `Validate`", "System.ComponentModel.DataAnnotations.Validator.TryValidateObject(Checked, new System.ComponentModel.DataAnnotations.ValidationContext(Checked), null, true);", "static readonly Own Checked = new();"),
        ("C# `dynamic`", false, "use interfaces or dictionaries", "dynamic own = new Own(); string text = own.Text;", ""),
    ];

    /// <summary>The table of the authors' page.</summary>
    public static string Table => string.Concat(
        Rows.Select(row => $"| {row.What} | {(row.Unloads ? "leaves memory" : "**stays**")} | {row.Remedy} |\n").Prepend("| in the plugin | a replaced version | instead |\n|---|---|---|\n"));

    public static string Source(string statement, string members) => PluginCompiler.Processor(
        "Do(cancellationToken)",
        $$"""
        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static string Do(CancellationToken cancellationToken) { {{statement}} return "done"; }
        {{members}}
        public class Own { public string Text { get; set; } = "own"; }
        public enum Colour { Red }
        class OwnException : Exception { }
        """);
}
