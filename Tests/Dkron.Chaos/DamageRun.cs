using System.Collections.Concurrent;
using Dkron.Abstractions;
using Dkron.Host.Records;

namespace Dkron.Chaos;

/// <summary>Damages a data directory in many ways, each time a fresh one, opens it, and looks whether any answer is wrong without anyone saying so.</summary>
internal sealed class DamageRun(int count, int seed, TextWriter report)
{
    private readonly Random _random = new(seed);
    private readonly SortedDictionary<string, int> _outcomes = [];
    private readonly List<string> _findings = [];

    /// <returns>One sentence for each damage that was not noticed, or whose file was not kept.</returns>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("dkron-damage-").FullName;
        var images = new DamageImages(folder, _random);
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
            await using var records = ExecutionRecords.Open(folder, "chaos", new RecordOptions(), TimeProvider.System, new CollectingLog(log));
            var (isRight, isMarked) = Compare(records, images, expected);
            var isKept = IsKept(log, folder, damage, bytes);
            var said = log.Any(line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal));
            return (isRight ? said ? Outcome.Repaired : Outcome.Harmless
                : said ? Outcome.Reported
                : isMarked ? Outcome.Marked
                : records.Check(CancellationToken.None).Count > 0 ? Outcome.Checked
                : Outcome.Silent, isKept);
        }
        catch (RecordsException)
        {
            return (Outcome.Refused, IsKept(log, folder, damage, bytes));
        }
    }

    /// <returns>Whether every answer is what was written; and, if not, whether each one that is not is marked or an error.</returns>
    private static (bool IsRight, bool IsMarked) Compare(ExecutionRecords records, DamageImages images, int expected)
    {
        IReadOnlyList<ExecutionRecord> found;
        try
        {
            found = records.List(new ExecutionQuery { Limit = 10 * expected }, CancellationToken.None);
        }
        catch (RecordsException)
        {
            return (false, true);
        }

        var isRight = found.Count == expected && records.Histories().Sum(history => history.SuccessCount + history.ErrorCount) == expected;
        var isMarked = found.Count == expected;
        foreach (var record in found)
        {
            if (record.IsDamaged)
            {
                isRight = false;
                continue;
            }

            var (info, output) = images.Written.GetValueOrDefault(record.Info.Id);
            var text = TextOf(record.Output);
            isRight &= record.Info == info && text == output && record.Outcomes.Count == 1;
            isMarked &= record.Info == info && (text is null || text == output) && record.Outcomes.Count == 1;
        }

        return (isRight, isMarked);
    }

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

    /// <summary>What a damage came to.</summary>
    private static class Outcome
    {
        public const string Harmless = "nothing that counts was hit: all answers are right";
        public const string Repaired = "reported, and all answers are right";
        public const string Reported = "reported when it was opened";
        public const string Marked = "each wrong answer is marked or an error";
        public const string Checked = "found by 'records check'";
        public const string Refused = "refused";
        public const string Silent = "WRONG AND SILENT";
    }
}
