namespace Dkron.Chaos;

/// <summary>An agent under load whose disk gets into trouble and out of it again.</summary>
internal sealed class TroubledDisk(string folder, string data, int rate)
{
    private const string NothingCanBeWritten = "nothing can be written";

    /// <summary>How long the load goes on before, during and after the trouble, counted in calls of processors or due seconds.</summary>
    private static readonly TimeSpan TroubleTime = TimeSpan.FromSeconds(4);

    public string Stderr { get; private set; } = "";

    /// <summary>What the agent said of its records while the disk was in trouble.</summary>
    public string Status { get; private set; } = "";

    /// <summary>Runs an agent through the trouble, ends it, and holds what it left against what was promised.</summary>
    /// <returns>One sentence for each broken promise.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(Action begin, Action end)
    {
        LoadJobs.Prepare(folder, rate, data);
        var startedAt = TimeProvider.System.GetUtcNow();
        await using var agent = await Agent.StartAsync(folder, settings: null);
        var readyAt = TimeProvider.System.GetUtcNow();
        await Wait.Until(() => Delivered() > 2 * rate, () => agent.Process.Stderr);

        begin();
        await Wait.Until(() => agent.Process.Stderr.Contains(NothingCanBeWritten, StringComparison.Ordinal), () => agent.Process.Stderr);
        Status = (await agent.RunAsync("status")).Stdout;
        var until = TimeProvider.System.GetUtcNow() + TroubleTime;   // firings must come due meanwhile
        await Wait.Until(() => TimeProvider.System.GetUtcNow() > until);
        agent.Process.HasExited.Should().BeFalse(agent.Process.Stderr);

        end();
        await Wait.Until(() => agent.Process.Stderr.Contains("writing works again", StringComparison.Ordinal), () => agent.Process.Stderr);
        var settledAt = TimeProvider.System.GetUtcNow();
        var before = Delivered();
        await Wait.Until(() => Delivered() > before + (2 * rate), () => agent.Process.Stderr);
        await Wait.Until(() => Evidence.IsSettled(data, settledAt), () => agent.Process.Stderr);
        var endedAt = TimeProvider.System.GetUtcNow();
        (await agent.StopAsync()).Should().Be(0, agent.Process.Stderr);

        Stderr = agent.Process.Stderr;
        var expected = Stderr.Split('\n').Where(line => !line.Contains(NothingCanBeWritten, StringComparison.Ordinal));
        var life = Life.Look(data, number: 0) with { StartedAt = startedAt, ReadyAt = readyAt, EndedAt = endedAt, SettledAt = settledAt, Log = string.Join('\n', expected) };
        return new KillCheck([life], Evidence.Read(folder, data, rate), LoadJobs.Steps, isDiskTroubled: true).Findings();
    }

    private int Delivered() => File.Exists(LoadJobs.DeliveriesIn(folder)) ? File.ReadLines(LoadJobs.DeliveriesIn(folder)).Count(line => line.Length > 0) : 0;
}
