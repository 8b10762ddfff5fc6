namespace Dkron.Host.Tests.Plugins;

/// <summary>One tiny plugin for each thing that may or may not keep a replaced version in memory, and what this runtime does.</summary>
internal static class UnloadCorpus
{
    /// <summary>Under what name the process of the corpus gives out a token that lives as long as it does.</summary>
    public const string LongLivedToken = "dkron-test-token";

    private static readonly string Framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
    private static readonly string Extensions = Path.GetDirectoryName(typeof(Microsoft.Extensions.DependencyInjection.ServiceProvider).Assembly.Location)!;

    /// <summary>What a plugin does in each call, whether its old version leaves memory, and what to do instead.</summary>
    public static readonly IReadOnlyList<UnloadCorpusRow> Rows =
    [
        new("statics, `[ThreadStatic]`, `ThreadLocal`", true, "", "Kept.Add(new Own()); Slot = new Own(); Local.Value = new Own();", "static readonly List<Own> Kept = []; [ThreadStatic] static Own? Slot; static readonly ThreadLocal<Own> Local = new();"),
        new("`Activator`, reflection, `Enum.Parse`", true, "", "Activator.CreateInstance(typeof(Own)); typeof(Own).GetMethod(\"ToString\")!.Invoke(new Own(), null); Enum.Parse<Colour>(\"Red\");"),
        new("compiled `Expression`", true, "", "System.Linq.Expressions.Expression.Lambda<Func<Own>>(System.Linq.Expressions.Expression.New(typeof(Own))).Compile()();"),
        new("compiled `Regex`", true, "", "new System.Text.RegularExpressions.Regex(\"a+\", System.Text.RegularExpressions.RegexOptions.Compiled).IsMatch(\"aaa\");"),
        new("`ArrayPool` of an own type, LINQ", true, "", "System.Buffers.ArrayPool<Own>.Shared.Return(System.Buffers.ArrayPool<Own>.Shared.Rent(8)); new[] { new Own() }.OrderBy(own => own.Text).ToList();"),
        new("`HttpClient`, not disposed", true, "dispose it all the same", "_ = new System.Net.Http.HttpClient();"),
        new("`ActivitySource`, `Meter`", true, "dispose them all the same", "new System.Diagnostics.ActivitySource(\"own\").StartActivity(\"own\"); new System.Diagnostics.Metrics.Meter(\"own\").CreateCounter<int>(\"own\").Add(1);"),
        new("a `TaskCompletionSource` that never completes", true, "", "_ = new TaskCompletionSource<Own>().Task.ContinueWith(done => done.Result.Text);"),
        new("a caught exception, an unobserved faulted task", true, "", "try { throw new OwnException(); } catch (OwnException) { } _ = Task.FromException(new OwnException());"),
        new("`AsyncLocal`", true, "", "Flowing.Value = new Own();", "static readonly AsyncLocal<Own> Flowing = new();"),
        new("a registration on the call's token that is never taken back", true, "", "cancellationToken.Register(() => Kept.Add(new Own()));", "static readonly List<Own> Kept = [];"),
        new("`JsonSerializer` by reflection", true, "only after a minute and a clearing of the framework's caches: use a generated `JsonSerializerContext`", "System.Text.Json.JsonSerializer.Serialize(new Own());"),
        new("`JsonDocument`, `JsonNode`, `Utf8JsonWriter`", true, "", "System.Text.Json.Nodes.JsonNode.Parse(\"{}\")!.ToJsonString();"),
        new("`XmlSerializer`", true, "", "new System.Xml.Serialization.XmlSerializer(typeof(Own)).Serialize(System.IO.TextWriter.Null, new Own());"),
        new("`DataContractSerializer`", true, "", "new System.Runtime.Serialization.DataContractSerializer(typeof(Own)).WriteObject(System.IO.Stream.Null, new Own());"),
        new("`string.Intern`", true, "", "string.Intern(new Own().Text + context.InvocationId);"),
        new("`EventSource`, not disposed", true, "dispose it all the same", "new OwnSource().Told(\"own\");", "[System.Diagnostics.Tracing.EventSource(Name = \"dkron-test-own\")] class OwnSource : System.Diagnostics.Tracing.EventSource { [System.Diagnostics.Tracing.Event(1)] public void Told(string text) => WriteEvent(1, text); }"),
        new("`FileSystemWatcher`, not disposed", true, "dispose it all the same", "var watcher = new System.IO.FileSystemWatcher(System.IO.Path.GetTempPath()); watcher.Created += (_, _) => new Own().Text.Trim(); watcher.EnableRaisingEvents = true;"),
        new("a `ServiceProvider` of its own, not disposed", true, "dispose it all the same", "new ServiceCollection().AddSingleton<Own>().BuildServiceProvider().GetRequiredService<IEnumerable<Own>>().ToList();") { Usings = "using Microsoft.Extensions.DependencyInjection;", Libraries = Of(Extensions, "Microsoft.Extensions.DependencyInjection.dll", "Microsoft.Extensions.DependencyInjection.Abstractions.dll") },
        new("a `Timer` that nobody references, a `Task.Delay` without end", true, "", "_ = new Timer(_ => new Own().Text.Trim(), null, TimeSpan.FromHours(1), TimeSpan.FromHours(1)); _ = Task.Delay(Timeout.Infinite).ContinueWith(_ => new Own().Text);"),
        new("a reader of a channel that nobody writes to", true, "", "_ = System.Threading.Channels.Channel.CreateUnbounded<Own>().Reader.ReadAsync().AsTask().ContinueWith(read => read.Result.Text);"),
        new("`AssemblyLoadContext.Unloading` of its own context", true, "", "System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(typeof(Own).Assembly)!.Unloading += _ => new Own().Text.Trim();"),
        new("a source linked to the call's token, not disposed", true, "", "CancellationTokenSource.CreateLinkedTokenSource(cancellationToken).Token.Register(() => new Own().Text.Trim());"),
        new("a native library", true, "the library itself stays mapped: restart the host to replace it", "System.Runtime.InteropServices.NativeLibrary.GetExport(System.Runtime.InteropServices.NativeLibrary.Load(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(typeof(Own).Assembly.Location)!, \"libSystem.Native.so\")), \"SystemNative_GetPid\");") { Libraries = Of(Framework, "libSystem.Native.so") },
        new("`JsonSerializer` by reflection with options of its own", true, "only after a minute and a clearing of the framework's caches: use a generated `JsonSerializerContext`", "System.Text.Json.JsonSerializer.Serialize(new Own(), new System.Text.Json.JsonSerializerOptions { WriteIndented = true });"),
        new("a thread that goes on after `DisposeAsync`", false, "end it in `DisposeAsync`", "new Thread(() => { while (true) { new Own().Text.Trim(); Thread.Sleep(50); } }) { IsBackground = true }.Start();"),
        new("a `Timer` in a static field", false, "dispose it in `DisposeAsync`", "Ticking = new Timer(_ => new Own().Text.Trim(), null, 0, 50);", "static Timer? Ticking;"),
        new("a `PeriodicTimer` loop", false, "end it in `DisposeAsync`", "_ = LoopAsync();", "static async Task LoopAsync() { using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50)); while (await timer.WaitForNextTickAsync()) { new Own().Text.Trim(); } }"),
        new("a long `Task.Delay` with a continuation", false, "give it a token that `DisposeAsync` cancels", "_ = Task.Delay(TimeSpan.FromHours(1)).ContinueWith(_ => new Own().Text);"),
        new("`CancelAfter`, or a source with a timeout, not disposed", false, "dispose it", "new CancellationTokenSource(TimeSpan.FromHours(1)).Token.Register(() => new Own().Text.Trim());"),
        new("a source linked to a token that lives long, not disposed", false, "dispose it", $"CancellationTokenSource.CreateLinkedTokenSource((CancellationToken)AppDomain.CurrentDomain.GetData(\"{LongLivedToken}\")!).Token.Register(() => new Own().Text.Trim());"),
        new("`ThreadPool.RegisterWaitForSingleObject`", false, "take it back in `DisposeAsync`", "ThreadPool.RegisterWaitForSingleObject(new ManualResetEvent(false), (_, _) => new Own().Text.Trim(), null, Timeout.Infinite, true);"),
        new("`Process.Exited`", false, "dispose of the process in `DisposeAsync`", "var process = System.Diagnostics.Process.GetCurrentProcess(); process.Exited += (_, _) => new Own().Text.Trim(); process.EnableRaisingEvents = true;"),
        new("`AppDomain.FirstChanceException`, `AppDomain.UnhandledException`", false, "take the handler off in `DisposeAsync`", "AppDomain.CurrentDomain.FirstChanceException += (_, _) => new Own().Text.Trim(); AppDomain.CurrentDomain.UnhandledException += (_, _) => new Own().Text.Trim();"),
        new("`AssemblyLoadContext.Default.Resolving`", false, "take the handler off in `DisposeAsync`", "System.Runtime.Loader.AssemblyLoadContext.Default.Resolving += (_, _) => new Own().Text.Length == 0 ? typeof(Own).Assembly : null;"),
        new("`Console.CancelKeyPress`", false, "do that work in `DisposeAsync`", "Console.CancelKeyPress += (_, _) => new Own().Text.Trim();"),
        new("`PosixSignalRegistration`", false, "dispose it in `DisposeAsync`", "Registered = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGWINCH, _ => new Own().Text.Trim());", "static System.Runtime.InteropServices.PosixSignalRegistration? Registered;"),
        new("`Console.SetOut`", false, "write to the log it is given", "Console.SetOut(new OwnWriter());", "class OwnWriter : System.IO.StringWriter { }"),
        new("`Trace.Listeners`", false, "remove it in `DisposeAsync`", "System.Diagnostics.Trace.Listeners.Add(new OwnListener());", "class OwnListener : System.Diagnostics.TraceListener { public override void Write(string? message) { } public override void WriteLine(string? message) { } }"),
        new("`ActivityListener`", false, "dispose it in `DisposeAsync`", "System.Diagnostics.ActivitySource.AddActivityListener(new System.Diagnostics.ActivityListener { ShouldListenTo = _ => new Own().Text.Length == 0 });"),
        new("`DiagnosticListener`", false, "dispose of the subscription in `DisposeAsync`", "System.Diagnostics.DiagnosticListener.AllListeners.Subscribe(new OwnObserver());", "class OwnObserver : IObserver<System.Diagnostics.DiagnosticListener> { public void OnCompleted() { } public void OnError(Exception error) { } public void OnNext(System.Diagnostics.DiagnosticListener value) { } }"),
        new("`ConditionalWeakTable` with a key that outlives it", false, "take the key out in `DisposeAsync`", "Table.GetValue(typeof(string), _ => new Own());", "static readonly System.Runtime.CompilerServices.ConditionalWeakTable<object, Own> Table = new();"),
        new("`DispatchProxy`", false, "write the class that implements the interface", "DispatchProxy.Create<IOwn, OwnProxy>().Say();", "public interface IOwn { string Say(); } public class OwnProxy : DispatchProxy { protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => \"own\"; }"),
        new("`ConfigurationBinder`", false, "read options with `ProcessorConfig`", "new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [\"Colour\"] = \"Red\" }).Build().Get<Bound>()!.Colour.ToString();", "public class Bound { public Colour Colour { get; set; } }") { Usings = "using Microsoft.Extensions.Configuration;", Libraries = Of(Extensions, "Microsoft.Extensions.Configuration.dll", "Microsoft.Extensions.Configuration.Abstractions.dll", "Microsoft.Extensions.Configuration.Binder.dll", "Microsoft.Extensions.Primitives.dll") },
        new("Newtonsoft.Json", false, "use `System.Text.Json` with a generated `JsonSerializerContext`", "Newtonsoft.Json.JsonConvert.SerializeObject(new Own());") { Libraries = Of(AppContext.BaseDirectory, "Newtonsoft.Json.dll") },
        new("`AppDomain.ProcessExit`", false, "do that work in `DisposeAsync`", "AppDomain.CurrentDomain.ProcessExit += (_, _) => new Own().Text.Trim();"),
        new("`TaskScheduler.UnobservedTaskException`", false, "take the handler off in `DisposeAsync`", "TaskScheduler.UnobservedTaskException += (_, _) => new Own().Text.Trim();"),
        new("`AppDomain.SetData`", false, "keep the value in a field", "AppDomain.CurrentDomain.SetData(\"dkron-test-own\", new Own());"),
        new("`GCHandle`", false, "free it in `DisposeAsync`", "System.Runtime.InteropServices.GCHandle.Alloc(new Own());"),
        new("an observable gauge whose meter is not disposed", false, "dispose of the meter in `DisposeAsync`", "new System.Diagnostics.Metrics.Meter(\"own gauge\").CreateObservableGauge(\"own\", () => new Own().Text.Length);"),
        new("`Encoding.RegisterProvider`", false, "use the provider's own `GetEncoding`", "System.Text.Encoding.RegisterProvider(new OwnProvider());", "class OwnProvider : System.Text.EncodingProvider { public override System.Text.Encoding? GetEncoding(int codepage) => null; public override System.Text.Encoding? GetEncoding(string name) => null; }"),
        new("`TypeDescriptor`", false, "convert texts with `Parse` methods", "System.ComponentModel.TypeDescriptor.GetProperties(typeof(Own)); System.ComponentModel.TypeDescriptor.GetConverter(typeof(Colour)).ConvertFromString(\"Red\");"),
        new("`DataAnnotations.Validator`", false, "check values in `Validate`", "System.ComponentModel.DataAnnotations.Validator.TryValidateObject(Checked, new System.ComponentModel.DataAnnotations.ValidationContext(Checked), null, true);", "static readonly Own Checked = new();"),
        new("C# `dynamic`", false, "use interfaces or dictionaries", "dynamic own = new Own(); string text = own.Text;"),
    ];

    /// <summary>The table of the authors' page.</summary>
    public static string Table => string.Concat(
        Rows.Select(row => $"| {row.What} | {(row.Unloads ? "leaves memory" : "**stays**")} | {row.Remedy} |\n").Prepend("| in the plugin | a replaced version | instead |\n|---|---|---|\n"));

    public static string Source(UnloadCorpusRow row) => row.Usings + PluginCompiler.Header() + PluginCompiler.Processor(
        "Do(context, cancellationToken)",
        $$"""
        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static string Do(ProcessorContext context, CancellationToken cancellationToken) { {{row.Statement}} return "done"; }
        {{row.Members}}
        public class Own { public string Text { get; set; } = "own"; }
        public enum Colour { Red }
        class OwnException : Exception { }
        """);

    private static IReadOnlyList<string> Of(string folder, params string[] files) => [.. files.Select(file => Path.Combine(folder, file))];
}
