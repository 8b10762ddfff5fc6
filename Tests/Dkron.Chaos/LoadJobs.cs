using System.Globalization;
using System.Text.Json.Nodes;
using Dkron.Host.Tests.Plugins;

namespace Dkron.Chaos;

/// <summary>The settings of an agent under load: jobs of several kinds, each due at every full second, each with two deliveries.</summary>
internal static class LoadJobs
{
    /// <summary>The steps of each job, in their order.</summary>
    public static IReadOnlyList<string> Steps { get; } = ["first", "second"];

    /// <summary>What the commands of the jobs of kind <c>trace</c> write to, each its execution's id.</summary>
    public static string TracesIn(string folder) => Path.Combine(folder, "traces");

    /// <summary>What the processors write to.</summary>
    public static string DeliveriesIn(string folder) => Path.Combine(folder, "deliveries");

    public static string SettingsIn(string folder) => Path.Combine(folder, "settings.json");

    /// <summary>What the processors write with each line, to tell one agent from the next.</summary>
    public static IReadOnlyDictionary<string, string> EnvironmentOf(int life) => new Dictionary<string, string> { ["WITNESS_LIFE"] = life.ToString(CultureInfo.InvariantCulture) };

    /// <summary>Writes the settings and lays the plugin beside them.</summary>
    /// <param name="rate">How many jobs there are, each due every second.</param>
    /// <param name="data">The data directory.</param>
    public static void Prepare(string folder, int rate, string data)
    {
        var plugin = Directory.CreateDirectory(Path.Combine(folder, "plugins", "dkron-processor-witness")).FullName;
        foreach (var file in Directory.GetFiles(PluginCompiler.BuiltFolder("dkron-processor-witness")))
        {
            File.Copy(file, Path.Combine(plugin, Path.GetFileName(file)), overwrite: true);
        }

        File.WriteAllText(SettingsIn(folder), Settings(folder, rate, data));
    }

    /// <summary>The names of the jobs.</summary>
    public static IReadOnlyList<string> Names(int rate) => [.. Enumerable.Range(0, rate).Select(Name)];

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"{Kind(i)}-{i}");

    private static string Kind(int i) => (i % 20) switch
    {
        0 => "slow",
        1 => "long",
        2 => "fail",
        3 or 4 => "trace",
        _ => "id",
    };

    private static string Settings(string folder, int rate, string data)
    {
        var jobs = new JsonObject();
        for (var i = 0; i < rate; i++)
        {
            var job = Kind(i) switch
            {
                "slow" => Job("sleep 2", shell: false, "forbid"),
                "long" => Job("seq 1 20000", shell: false, "allow"),
                "fail" => Failing(),
                "trace" => Job($"echo $DKRON_EXECUTION_ID | tee -a {TracesIn(folder)}", shell: true, "allow"),
                _ => Job("printenv DKRON_EXECUTION_ID", shell: false, "allow"),
            };
            // Of each kind some go on while a step waits for its next try, and some wait with it.
            var onError = i / 20 % 2 == i / 2 % 2 ? "continue" : "stop";
            job["schedule"] = i % 2 == 0 ? "@every 1s" : "* * * * * *";
            job["processors"] = new JsonArray([.. Steps.Select(step => Step(folder, step, onError))]);
            jobs[Name(i)] = job;
        }

        return new JsonObject
        {
            ["Dkron"] = new JsonObject
            {
                ["NodeName"] = "chaos",
                ["DataDirectory"] = data,
                ["Plugins"] = new JsonObject { ["Folders"] = new JsonArray("plugins") },
                ["Records"] = new JsonObject { ["MaxExecutionsPerJob"] = 10_000_000 },
            },
            ["Serilog"] = new JsonObject
            {
                ["MinimumLevel"] = new JsonObject { ["Default"] = "Error", ["Override"] = new JsonObject { ["Dkron.Host.HostDiary"] = "Information", ["Dkron.Host.Records"] = "Information" } },
            },
            ["Jobs"] = jobs,
        }.ToJsonString();
    }

    private static JsonObject Step(string folder, string step, string onError) => new()
    {
        ["name"] = "witness",
        ["step"] = step,
        ["forward"] = true,
        ["file"] = DeliveriesIn(folder),
        ["fails"] = true,
        ["on_error"] = onError,
        ["retries"] = 3,
        ["retry_backoff"] = "200ms",
    };

    private static JsonObject Job(string command, bool shell, string concurrency) => new() { ["command"] = command, ["shell"] = shell, ["concurrency"] = concurrency };

    private static JsonObject Failing()
    {
        var job = Job("false", shell: false, "allow");
        job["retries"] = 1;
        return job;
    }
}
