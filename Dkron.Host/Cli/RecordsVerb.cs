using System.CommandLine;
using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>Looks after the records.</summary>
internal sealed class RecordsVerb : IVerb
{
    private readonly CliParts _parts;
    private readonly CommonOptions _common;

    public RecordsVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        var check = new Command("check", "Compare every page, record and output file with its checksum, also beside a running agent. Exit code 1 when something is wrong.") { common.Json };
        check.SetAction(CheckAsync);
        Command = new("records", "Look after the records of the data directory.") { check };
    }

    public Command Command { get; }

    public Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken) =>
        throw new ControlException(ControlError.Invalid, "say what to do with the records: dkron records check");

    private async Task<int> CheckAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var settings = _common.Settings(arguments);
        var found = await Task.Run(() => _parts.CheckRecords(settings, cancellationToken), cancellationToken);
        if (_common.IsJson(arguments))
        {
            _parts.Screen.WriteJson(found, ApiJson.Shape.RecordsCheckDocument);
        }
        else if (found.Whole)
        {
            _parts.Screen.WriteLine($"{found.Path} is whole: every page, record and output file is as it was written");
        }
        else
        {
            foreach (var finding in found.Findings)
            {
                _parts.Screen.WriteLine(finding);
            }
        }

        return found.Whole ? ExitCode.Done : ExitCode.Failed;
    }
}
