using System.CommandLine;
using System.Globalization;
using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>Checks the settings.</summary>
internal sealed class ValidateVerb(CliParts parts, CommonOptions common) : IVerb
{
    public Command Command { get; } = new("validate", "Check the settings and list everything that is wrong with them. Exit code 0 when they can be used, else 2.") { common.Json };

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var verdict = await parts.Check(common.Settings(arguments), cancellationToken);
        if (common.IsJson(arguments))
        {
            parts.Screen.WriteJson(verdict, ApiJson.Shape.VerdictDocument);
        }
        else
        {
            Tell(verdict);
        }

        return verdict.Valid ? ExitCode.Done : ExitCode.Misused;
    }

    private void Tell(VerdictDocument verdict)
    {
        foreach (var problem in verdict.Problems)
        {
            parts.Screen.Complain(problem.IsError ? problem.Text : $"warning: {problem.Text}");
        }

        var errors = verdict.Problems.Count(problem => problem.IsError);
        var files = verdict.Files.Count == 0 ? "no settings file" : string.Join(", ", verdict.Files);
        parts.Screen.WriteLine(errors == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{files}: {verdict.Jobs} job(s), no problems")
            : string.Create(CultureInfo.InvariantCulture, $"{files}: {errors} problem(s)"));
    }
}
