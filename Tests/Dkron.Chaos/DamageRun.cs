using System.Collections.Concurrent;
using Dkron.Abstractions;
using Dkron.Host.Records;

namespace Dkron.Chaos;

/// <summary>Damages a data directory in many ways, each time a fresh one, opens it, goes on writing to it, and looks whether any answer is wrong without anyone saying so.</summary>
internal sealed class DamageRun(int count, int seed, TextWriter report)
{
    private readonly Random _random = new(seed);
    private readonly SortedDictionary<string, int> _outcomes = [];
    private readonly List<string> _findings = [];

    /// <returns>One sentence for each damage that was not noticed, or whose file was not kept.</returns>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("dkron-damage-").FullName;
        var images = new DamageImages(folder, new Random(seed));
        await images.MakeAsync();
        for (var i = 0; i < count; i++)
        {
            var image = images.Folders[i % images.Folders.Count];
            var target = Path.Combine(folder, "damaged");
            images.CopyTo(image, target);
            var damage = Damage.Do(target, _random);
            var bytes = await File.ReadAllBytesAsync(damage.File);
            var log = new ConcurrentQueue<string>();
            var (outcome, isKept) = await LookAsync(target, log, images, DamageImages.CountIn(image), damage, bytes);
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
            if (!isKept || outcome == Outcome.Silent)
            {
                _findings.Add($"{i}, image '{image}', {damage.What}: {outcome}{(isKept ? "" : ", and the damaged file was not kept")}; {string.Join(" | ", log)}");
            }

            Directory.Delete(target, recursive: true);
        }

        foreach (var (outcome, number) in _outcomes)
        {
            await report.WriteLineAsync($"{outcome,-60} {number,6:N0}");
        }

        _findings.ForEach(report.WriteLine);
        Directory.Delete(folder, recursive: true);
        return _findings;
    }

    private static async Task<(string Outcome, bool IsKept)> LookAsync(string folder, ConcurrentQueue<string> log, DamageImages images, int expected, Damage damage, byte[] bytes)
    {
        try
        {
            var (outcome, isKept, writing) = await OpenAsync(folder, log, images, expected, damage, bytes);
            if (writing == Writing.Failed)
            {
                // What could not be written to is examined at the next start, and can be written to from then on. Until then it was written to as one that is in order.
                var found = File.Exists(damage.File) ? await File.ReadAllBytesAsync(damage.File) : bytes;
                (var again, isKept, writing) = await OpenAsync(folder, log, images, expected: null, damage, found);
                outcome = again == Outcome.Silent ? again : outcome == Outcome.Silent ? outcome : Outcome.Reported;
            }

            return (writing == Writing.Worked ? outcome : Outcome.Silent, isKept);
        }
        catch (RecordsException)
        {
            return (Outcome.Refused, IsKept(log, folder, damage, bytes));
        }
    }

    /// <remarks><paramref name="expected"/>: how many executions there were; null when that is not looked at.</remarks>
    private static async Task<(string Outcome, bool IsKept, Writing Writing)> OpenAsync(string folder, ConcurrentQueue<string> log, DamageImages images, int? expected, Damage damage, byte[] bytes)
    {
        Task<IReadOnlyList<string>> writing;
        string outcome;
        await using (var records = ExecutionRecords.Open(folder, "chaos", new RecordOptions(), TimeProvider.System, new CollectingLog(log)))
        {
            outcome = expected is { } count ? Judge(records, log, images, count) : Outcome.Harmless;
            var isKept = IsKept(log, folder, damage, bytes);
            writing = images.WriteMoreAsync(records);
            await Wait.Until(() => writing.IsCompleted || !records.IsWritable);
            if (writing.IsCompletedSuccessfully)
            {
                var isRight = (await writing).All(id => records.Find(id) is { IsDamaged: false } record && IsRight(record, images));
                return (outcome, isKept, isRight ? Writing.Worked : Writing.Wrong);
            }
        }

        try
        {
            await writing;
        }
        catch (RecordsException)
        {
            // As it must be.
        }

        return (outcome, IsKept(log, folder, damage, bytes), Writing.Failed);
    }

    private static string Judge(ExecutionRecords records, ConcurrentQueue<string> log, DamageImages images, int expected)
    {
        bool Said(params int[] errors) => log.Any(line => errors.Any(error => line.StartsWith($"Error {error} ", StringComparison.Ordinal)));
        IReadOnlyList<ExecutionRecord> found;
        try
        {
            found = records.List(new ExecutionQuery { Limit = 10 * expected }, CancellationToken.None);
        }
        catch (RecordsException)
        {
            return Outcome.Marked;
        }

        // Commits that are lost may leave an execution as it was before its end, when that is said.
        var areCommitsLost = Said(4034);
        var unmarked = found.Where(record => !record.IsDamaged && !(areCommitsLost && !record.IsProcessed)).ToList();
        if (!unmarked.All(record => IsRight(record, images)))
        {
            return Outcome.Silent;
        }

        var areAllThere = found.Count == expected;
        var areCounted = records.Histories().Sum(history => history.SuccessCount + history.ErrorCount) == expected;
        var areRight = areAllThere && unmarked.Count == expected && unmarked.All(record => TextOf(record.Output) is not null);
        if (areRight && areCounted)
        {
            return log.Any(line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal)) ? Outcome.Repaired : Outcome.Harmless;
        }

        // What is missing, or counted wrongly, must be said by the error that is there for it; any other does not speak of it.
        return (areAllThere || Said(4030, 4034, 4036)) && (areCounted || Said(4030, 4032, 4034, 4036))
            ? areAllThere && areCounted ? Outcome.Marked : Outcome.Reported
            : records.Check(CancellationToken.None).Count > 0 ? Outcome.Checked : Outcome.Silent;
    }

    /// <summary>Whether a record says what was written. An output that is an error is no wrong answer.</summary>
    private static bool IsRight(ExecutionRecord record, DamageImages images) =>
        images.Written.TryGetValue(record.Info.Id, out var written) && record.Info == written.Info && record.Outcomes.Count == 1
        && (TextOf(record.Output) is not { } text || text == written.Output);

    private static string? TextOf(ExecutionOutput output)
    {
        try
        {
            return output.ToString();
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Whether a file that was given up lies there still, as it was found.</summary>
    private static bool IsKept(ConcurrentQueue<string> log, string folder, Damage damage, byte[] bytes)
    {
        var isGivenUp = log.Any(line => line.StartsWith("Error 4030", StringComparison.Ordinal) || line.StartsWith("Error 4034", StringComparison.Ordinal));
        return !isGivenUp || Directory.EnumerateFiles(folder, Path.GetFileName(damage.File) + "*").Append(damage.File).Where(File.Exists).Any(file => File.ReadAllBytes(file).AsSpan().SequenceEqual(bytes));
    }

    /// <summary>What came of going on with a damaged data directory.</summary>
    private enum Writing
    {
        Worked,

        /// <summary>It was an error, as it may be once.</summary>
        Failed,

        /// <summary>It seemed to work, and something else can be read.</summary>
        Wrong,
    }

    /// <summary>What a damage came to.</summary>
    private static class Outcome
    {
        public const string Harmless = "nothing that counts was hit: all answers are right";
        public const string Repaired = "reported, and all answers are right";
        public const string Reported = "reported when it was opened";
        public const string Marked = "each wrong answer is marked or an error";
        public const string Checked = "found by 'records check'";
        public const string Refused = "refused";
        public const string Silent = "WRONG AND SILENT, or not to be written to";
    }
}
