using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Jobs.Problems;

/// <summary>Collects everything that is wrong, so that it is told at once. A fact that many jobs share is kept once.</summary>
internal sealed class ProblemList
{
    private readonly HashSet<Problem> _seen = [];
    private readonly List<Problem> _problems = [];
    private readonly List<Problem> _warnings = [];

    public IReadOnlyList<Problem> Problems => _problems;

    public IReadOnlyList<Problem> Warnings => _warnings;

    public NearMiss Near { get; } = new();

    public void Add(Problem problem)
    {
        if (_seen.Add(problem))
        {
            _problems.Add(problem);
        }
    }

    public void Warn(Problem warning)
    {
        if (_seen.Add(warning))
        {
            _warnings.Add(warning);
        }
    }

    /// <summary>A problem at a place in the settings.</summary>
    public void Add(SettingNode at, string? job, string key, string message, string? value = null, string? suggestion = null) =>
        Add(new Problem { Source = at.Origin.Name, Line = at.Line, Job = job, Key = key, Value = value, Message = message, Suggestion = suggestion });

    /// <summary>A warning at a place in the settings.</summary>
    public void Warn(SettingNode at, string? job, string key, string message, string? value = null, string? suggestion = null) =>
        Warn(new Problem { Source = at.Origin.Name, Line = at.Line, Job = job, Key = key, Value = value, Message = message, Suggestion = suggestion });
}
