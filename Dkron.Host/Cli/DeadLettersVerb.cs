using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>Lists what was given up.</summary>
internal sealed class DeadLettersVerb : IVerb
{
    private const int MaxLimit = 1_000_000;
    private readonly CliParts _parts;
    private readonly CommonOptions _common;
    private readonly Option<string?> _job = new("--job") { Description = "Only this job's.", HelpName = "JOB" };
    private readonly Option<int> _limit = new("--limit", "-n") { Description = "How many at most.", HelpName = "N", DefaultValueFactory = static _ => 100 };

    public DeadLettersVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("deadletters", "List the steps that did not work and were given up, the last first. dkron reprocess tries them again.") { _job, _limit, common.Json };
    }

    public Command Command { get; }

    /// <summary>All dead letters, page by page.</summary>
    /// <param name="control">Who knows them.</param>
    /// <param name="job">Only that job's; null for all.</param>
    /// <param name="before">Only what was given up before that; null for all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async IAsyncEnumerable<DeadLetterDocument> ReadAsync(IControl control, string? job, DateTimeOffset? before, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Several may have been given up at one moment: what a page repeats of it is passed over.
        var told = new HashSet<(string Execution, int Step)>();
        for (var last = before; told.Count < limit;)
        {
            var page = await control.DeadLettersAsync(new DeadLettersRequest { JobName = job, Before = last, Limit = DeadLettersRequest.MaxLimit }, cancellationToken);
            var isNew = false;
            foreach (var letter in page)
            {
                if (told.Count < limit && told.Add((letter.Execution, letter.Step)))
                {
                    isNew = true;
                    yield return letter;
                }
            }

            if (!isNew || page.Count < DeadLettersRequest.MaxLimit)
            {
                yield break;
            }

            last = page[^1].At.AddTicks(1);
        }
    }

    public async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var limit = arguments.GetValue(_limit);
        if (limit is < 1 or > MaxLimit)
        {
            throw new ControlException(ControlError.Invalid, string.Create(CultureInfo.InvariantCulture, $"--limit: '{limit}' is not a whole number from 1 to {MaxLimit}"));
        }

        await using var lease = await new Connection(_parts).OpenAsync(_common.Settings(arguments), cancellationToken);
        var letters = ReadAsync(lease.Control, arguments.GetValue(_job), before: null, limit, cancellationToken);
        if (_common.IsJson(arguments))
        {
            await _parts.Screen.WriteJsonArrayAsync(letters, ApiJson.Shape.DeadLetterDocument, cancellationToken);
            return ExitCode.Done;
        }

        var rows = new Rows("EXECUTION", "JOB", "STEP", "PROCESSOR", "GIVEN UP", "TRIES", "REASON");
        await foreach (var letter in letters)
        {
            rows.Add(letter.Execution, letter.JobName, Shown.Step(letter), letter.Processor, Shown.Time(letter.At), letter.Tries.ToString(CultureInfo.InvariantCulture), letter.Reason);
        }

        _parts.Screen.Write(rows);
        return ExitCode.Done;
    }
}
