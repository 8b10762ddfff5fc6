using System.Globalization;

namespace Dkron.Host.Jobs.Problems;

/// <summary>Many problems as one text, one line each.</summary>
internal static class ProblemReport
{
    private const int MaxLines = 100;

    public static string Of(IReadOnlyList<Problem> problems)
    {
        var lines = problems.Take(MaxLines).Select(problem => problem.ToString());
        var head = string.Create(CultureInfo.InvariantCulture, $"{problems.Count} problem(s) in the settings:");
        var tail = problems.Count > MaxLines ? [string.Create(CultureInfo.InvariantCulture, $"and {problems.Count - MaxLines} more; dkron validate lists them all")] : Array.Empty<string>();
        return string.Join('\n', [head, .. lines, .. tail]);
    }
}
