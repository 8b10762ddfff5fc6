using System.Globalization;

namespace Dkron.Benchmarks;

/// <summary>What durable records cost: rates and percentiles, each beside bare SQLite in the same run.</summary>
/// <remarks>dotnet run -c Release --project Tests/Dkron.Benchmarks -- --records [throughput] [latency] [million] [NUMBER…] [PROGRAM]; without a word, all; the numbers are the rates of latency, or how many a million is; PROGRAM is the dkron whose start is measured, by default the one built with this.</remarks>
internal static class RecordsReport
{
    public static async Task RunAsync(IReadOnlyList<string> parts)
    {
        var numbers = parts.Where(part => int.TryParse(part, out _)).Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToList();
        var program = parts.FirstOrDefault(File.Exists) ?? Paths.Of("DkronProgram");
        var words = parts.Where(part => part != program && !int.TryParse(part, out _)).ToList();
        if (words.Count == 0 || words.Contains("throughput"))
        {
            await RecordsLoad.PrintThroughputAsync();
        }

        if (words.Count == 0 || words.Contains("latency"))
        {
            await RecordsLoad.PrintLatencyAsync(numbers.Count > 0 ? numbers : [1, 100, 1_000, 10_000]);
        }

        if (words.Count == 0 || words.Contains("million"))
        {
            await RecordsMillion.PrintAsync(numbers.Count > 0 ? numbers[0] : 1_000_000, program);
        }
    }
}
