namespace Dkron.Host.Cli;

/// <summary>Lets settings stand on the command line as .NET programs take them: <c>--Jobs:nightly:schedule=@daily</c>, also without the dashes.</summary>
internal static class SettingTokens
{
    private static readonly string[] Sections = ["Dkron:", "Jobs:", "Processors:", "Serilog:"];

    /// <summary>The arguments with each such setting spelled with <c>--set</c>.</summary>
    public static IEnumerable<string> Spelled(IReadOnlyList<string> arguments)
    {
        var previous = "";
        foreach (var argument in arguments)
        {
            var setting = argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..] : argument;
            if (previous != "--set" && setting.Contains('=', StringComparison.Ordinal) && Sections.Any(section => setting.StartsWith(section, StringComparison.OrdinalIgnoreCase)))
            {
                yield return "--set";
                yield return setting;
            }
            else
            {
                yield return argument;
            }

            previous = argument;
        }
    }
}
