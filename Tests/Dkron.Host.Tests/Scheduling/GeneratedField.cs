namespace Dkron.Host.Tests.Scheduling;

/// <summary>The text of a field and the values it allows.</summary>
internal sealed record GeneratedField(string Text, bool[] Allowed, bool Repeats)
{
    private static readonly string[] MonthNames = ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    public static GeneratedField Star() => new("*", [.. Enumerable.Repeat(true, 64)], true);

    public static GeneratedField Only(int value) => Make(value.ToString(), false, [value]);

    /// <summary>Values around midnight, where most clocks change.</summary>
    public static GeneratedField EarlyHours(Random random)
    {
        int[] hours = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => random.Next(6) == 0 ? 23 : random.Next(0, 5))];
        return Make(string.Join(',', hours), false, hours);
    }

    public static GeneratedField Month(Random random, int nameSum)
    {
        var month = random.Next(1, 13);
        return random.Next(3) switch
        {
            0 => Make(random.Next(2) == 0 ? MonthNames[month] : MonthNames[month].ToUpperInvariant(), false, [month]),
            1 => Make($"{MonthNames[month]}-12", false, Enumerable.Range(month, 13 - month)),
            _ => Of(random, nameSum, 1, 12, 12, dense: true),
        };
    }

    /// <param name="random">Chooses.</param>
    /// <param name="nameSum">The sum of the code points of the job's name.</param>
    /// <param name="first">The lowest value.</param>
    /// <param name="last">The highest value.</param>
    /// <param name="spread">How many values a tilde chooses from.</param>
    /// <param name="dense">Whether there may be many values.</param>
    public static GeneratedField Of(Random random, int nameSum, int first, int last, int spread, bool dense)
    {
        var (low, high) = (random.Next(first, last + 1), random.Next(first, last + 1));
        (low, high) = (Math.Min(low, high), Math.Max(low, high));
        var step = random.Next(1, (last - first) + 5);
        var coarse = random.Next((last - first) / 4, (last - first) + 5);
        coarse = Math.Max(coarse, 1);
        return random.Next(dense ? 9 : 6) switch
        {
            0 or 1 => Make($"{low}", false, [low]),
            2 => Make($"{low},{high}", false, [low, high]),
            3 => Make("~", false, [first + (nameSum % spread)]),
            4 => Make($"*/{coarse}", true, Steps(first, last, coarse), star: coarse == 1),
            5 => Tilde(nameSum, first, spread, coarse),
            6 => Make($"{low}-{high}/{step}", false, Steps(low, high, step)),
            7 => Make($"{low}/{step}", true, Steps(low, last, step)),
            _ => random.Next(2) == 0 ? Star() : Make($"{low}-{high},*/{coarse}", true, Enumerable.Range(low, high - low + 1).Concat(Steps(first, last, coarse)), star: coarse == 1),
        };
    }

    public static IEnumerable<int> Steps(int low, int high, int step)
    {
        for (var value = low; value <= high; value += step)
        {
            yield return value;
        }
    }

    /// <summary>As many values as the star with this step has; the earliest begin is the first value, the latest leaves room for the last one.</summary>
    private static GeneratedField Tilde(int nameSum, int first, int spread, int step)
    {
        var count = Steps(0, spread - 1, step).Count();
        var begins = Enumerable.Range(0, spread).Where(begin => begin + ((count - 1) * step) < spread).ToArray();
        var begin = begins[nameSum % spread % begins.Length];
        return Make($"~/{step}", true, Enumerable.Range(0, count).Select(i => first + begin + (i * step)));
    }

    private static GeneratedField Make(string text, bool repeats, IEnumerable<int> values, bool star = false)
    {
        var allowed = new bool[64];
        foreach (var value in values)
        {
            allowed[value] = true;
        }

        return star ? Star() with { Text = text } : new GeneratedField(text, allowed, repeats);
    }
}
