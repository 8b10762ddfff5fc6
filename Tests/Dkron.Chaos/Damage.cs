namespace Dkron.Chaos;

/// <summary>One thing done to one file: a bit flipped, its end cut off, or a block of zeros where there was something.</summary>
internal sealed record Damage(string File, string What)
{
    private const int Block = 4096;

    public static Damage Do(string folder, Random random)
    {
        var outputs = Directory.GetFiles(Path.Combine(folder, "output"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        string[] files = [.. new[] { "records.db", "records.db-wal" }.Select(name => Path.Combine(folder, name)).Where(System.IO.File.Exists)];
        var file = random.Next(20) switch
        {
            0 => Path.Combine(folder, "records.commits"),
            < 4 => outputs[random.Next(outputs.Length)],
            _ => files[random.Next(files.Length)],
        };
        var bytes = System.IO.File.ReadAllBytes(file);
        var used = Array.FindLastIndex(bytes, value => value != 0) + 1;   // the log has its length before it has content
        var at = random.Next(Math.Max(1, used));
        string what;
        switch (random.Next(5))
        {
            case 0:
                bytes = bytes[..at];
                what = $"cut at {at}";
                break;
            case 1:
                Array.Clear(bytes, at / Block * Block, Math.Min(Block, bytes.Length - (at / Block * Block)));
                what = $"block {at / Block} zeroed";
                break;
            default:
                var bit = random.Next(8);
                bytes[at] ^= (byte)(1 << bit);
                what = $"bit {bit} of byte {at} flipped";
                break;
        }

        System.IO.File.WriteAllBytes(file, bytes);
        return new Damage(file, $"{Path.GetFileName(file)} of {used} bytes: {what}");
    }
}
