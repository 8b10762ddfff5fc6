using System.CommandLine;

namespace Dkron.Host.Cli;

/// <summary>Says what is wrong with the arguments.</summary>
internal static class UsageText
{
    public static string Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            return unknown.StartsWith('-')
                ? $"there is no option '{unknown}'"
                : command is RootCommand ? $"there is no verb '{unknown}'; there are {string.Join(", ", command.Subcommands.Select(one => one.Name))}" : $"'{unknown}' is one argument too many";
        }

        return string.Join("; ", parsed.Errors.Select(error => error.Message.TrimEnd('.')).Distinct());
    }
}
