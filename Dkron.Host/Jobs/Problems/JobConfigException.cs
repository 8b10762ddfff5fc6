namespace Dkron.Host.Jobs.Problems;

/// <summary>The settings cannot be used. Holds every problem that was found, not only the first.</summary>
internal sealed class JobConfigException(IReadOnlyList<Problem> problems) : Exception(ProblemReport.Of(problems))
{
    public IReadOnlyList<Problem> Problems { get; } = problems;
}
