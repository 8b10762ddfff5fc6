using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Dkron.Chaos;

/// <summary>How much chaos.</summary>
internal sealed record ChaosOptions
{
    public int Kills { get; init; } = 300;

    /// <summary>Jobs that are due every second.</summary>
    public int Rate { get; init; } = 200;

    /// <summary>How often a data directory is damaged.</summary>
    public int Damages { get; init; } = 1_000;

    public int Seed { get; init; } = 1;

    /// <summary>The folder to work in, which is kept; null for one that goes away.</summary>
    public string? Keep { get; init; }

    /// <summary>Reads <c>--name value</c> pairs. False when something is not understood.</summary>
    public static bool TryRead(IReadOnlyList<string> arguments, [NotNullWhen(true)] out ChaosOptions? options)
    {
        options = new ChaosOptions();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var value = i + 1 < arguments.Count ? arguments[i + 1] : "";
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            options = arguments[i] switch
            {
                "--kills" when isNumber => options with { Kills = number },
                "--rate" when isNumber => options with { Rate = number },
                "--damages" when isNumber => options with { Damages = number },
                "--seed" when isNumber => options with { Seed = number },
                "--keep" when value.Length > 0 => options with { Keep = Path.GetFullPath(value) },
                _ => null,
            };
            if (options is null)
            {
                return false;
            }
        }

        return true;
    }
}
