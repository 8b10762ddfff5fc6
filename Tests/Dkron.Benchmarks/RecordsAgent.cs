using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dkron.Abstractions;
using Dkron.Host.Api;
using Dkron.Host.Records;

namespace Dkron.Benchmarks;

/// <summary>An agent of its own over a history: how long it starts, what it answers in, and what memory it has.</summary>
internal static class RecordsAgent
{
    public static async Task PrintAsync(string program, string history)
    {
        var empty = Directory.CreateTempSubdirectory("dkron-bench-").FullName;
        await PrintAsync(program, "agent, empty history", empty, []);
        Directory.Delete(empty, recursive: true);
        await PrintAsync(program, "agent, this history", history,
        [
            ("newest 100", new ExecutionQuery()),
            ("of a job", new ExecutionQuery { JobName = "job-500" }),
            ("failed", new ExecutionQuery { Status = ExecutionStatus.Failed }),
            ("second attempts", new ExecutionQuery { Attempt = 2 }),
            ("a text, found nowhere", new ExecutionQuery { Text = "nowhere" }),
        ]);
    }

    private static async Task PrintAsync(string program, string name, string data, IReadOnlyList<(string Name, ExecutionQuery Query)> queries)
    {
        var settings = Path.Combine(data, "settings.json");
        await File.WriteAllTextAsync(settings, JsonSerializer.Serialize(new
        {
            Jobs = new { one = new { command = "true", schedule = "@at 2999-01-01T00:00:00Z" } },
            Dkron = new { DataDirectory = data, Records = new { MaxExecutionsPerJob = 10_000_000 } },
        }));
        var begin = Stopwatch.GetTimestamp();
        using var agent = Process.Start(new ProcessStartInfo(program, ["--config", settings]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        try
        {
            while (await agent.StandardError.ReadLineAsync() is { } line && !line.Contains("Ready", StringComparison.Ordinal))
            {
                if (line.Contains("[ERR]", StringComparison.Ordinal))
                {
                    Console.WriteLine(line);
                }
            }

            RecordsLoad.Print($"{name}: ready after {Stopwatch.GetElapsedTime(begin).TotalMilliseconds:N0} ms, {ResidentMegabytes(agent.Id)} MB resident");
            using var control = new RemoteControl(data);
            foreach (var (what, query) in queries)
            {
                var asked = Stopwatch.GetTimestamp();
                var found = await control.ExecutionsAsync(new ExecutionsRequest { Query = query }, CancellationToken.None);
                RecordsLoad.Print($"{what,-24} {Stopwatch.GetElapsedTime(asked).TotalMilliseconds,10:N1} ms by its socket, {found.Count,5} found, {ResidentMegabytes(agent.Id)} MB resident");
            }
        }
        finally
        {
            using var kill = Process.Start("kill", ["-TERM", agent.Id.ToString(CultureInfo.InvariantCulture)]);
            await agent.WaitForExitAsync();
        }
    }

    private static long ResidentMegabytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(one => one.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line["VmRSS:".Length..^"kB".Length], CultureInfo.InvariantCulture) >> 10;
    }
}
