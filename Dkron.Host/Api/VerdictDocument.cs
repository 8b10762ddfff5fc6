namespace Dkron.Host.Api;

/// <summary>What a check of the settings found.</summary>
internal sealed record VerdictDocument
{
    /// <summary>Whether the settings can be used; warnings do not count.</summary>
    public bool Valid => Problems.All(problem => !problem.IsError);

    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>How many jobs were read.</summary>
    public required int Jobs { get; init; }

    public required IReadOnlyList<ProblemDocument> Problems { get; init; }
}
