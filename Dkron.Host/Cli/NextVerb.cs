using System.CommandLine;
using System.Globalization;
using Dkron.Host.Api;
using Dkron.Host.Scheduling;

namespace Dkron.Host.Cli;

/// <summary>Tells when a schedule is due.</summary>
internal sealed class NextVerb : IVerb
{
    private const int MaxCount = 100_000;
    private readonly CliParts _parts;
    private readonly CommonOptions _common;
    private readonly Argument<string[]> _schedule = new("SCHEDULE") { Description = "Such as '0 0 18 * * *' or @daily.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _timeZone = new("--timezone") { Description = "An IANA time zone, such as Europe/Madrid, as a job's timezone. Default: this machine's.", HelpName = "ZONE" };
    private readonly Option<string> _name = new("--name") { Description = "The job's name, which decides what ~ stands for.", HelpName = "JOB" };
    private readonly Option<string> _after = new("--after") { Description = "List what comes after this time of RFC 3339. Default: now.", HelpName = "TIME" };
    private readonly Option<int> _count = new("--count") { Description = "How many times to list.", HelpName = "N", DefaultValueFactory = static _ => 1 };

    public NextVerb(CliParts parts, CommonOptions common)
    {
        (_parts, _common) = (parts, common);
        Command = new("next", "Print when a schedule is due, one time a line. Prints nothing when it never fires by itself or only in the past.") { _schedule, _timeZone, _name, _after, _count, common.Json };
    }

    public Command Command { get; }

    public Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var times = Times(arguments);
        if (_common.IsJson(arguments))
        {
            _parts.Screen.WriteJson([.. times], ApiJson.Shape.IReadOnlyListDateTimeOffset);
        }
        else
        {
            foreach (var time in times)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _parts.Screen.WriteLine(Shown.ZonedTime(time));
            }
        }

        return Task.FromResult(ExitCode.Done);
    }

    private IEnumerable<DateTimeOffset> Times(ParseResult arguments)
    {
        var words = arguments.GetValue(_schedule) ?? [];
        var text = string.Join(' ', words);
        if (!Schedule.TryParse(text, arguments.GetValue(_timeZone) ?? "", arguments.GetValue(_name) ?? "", out var schedule, out var error))
        {
            var hint = words.Length > 1 ? " (put the schedule in quotes, or the shell replaces its stars by file names)" : "";
            throw new ControlException(ControlError.Invalid, $"schedule '{text}': {error}{hint}");
        }

        var count = arguments.GetValue(_count);
        if (count is < 1 or > MaxCount)
        {
            throw new ControlException(ControlError.Invalid, string.Create(CultureInfo.InvariantCulture, $"--count: '{count}' is not a whole number from 1 to {MaxCount}"));
        }

        var now = _parts.Time.GetUtcNow();
        if (arguments.GetValue(_after) is not { } afterText)
        {
            return ScheduleTimes.Following(schedule, now, count);
        }

        return MomentText.TryParse(afterText, now, out var after)
            ? ScheduleTimes.Following(schedule, after, count)
            : throw new ControlException(ControlError.Invalid, $"--after: '{afterText}' {MomentText.Expected}");
    }
}
