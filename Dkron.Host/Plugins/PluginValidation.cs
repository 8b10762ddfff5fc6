using Dkron.Abstractions;

namespace Dkron.Host.Plugins;

/// <summary>Asks a plugin about a configuration, under a lease and a deadline.</summary>
internal sealed class PluginValidation(GenerationUnloader unloader)
{
    private const int MaxProblems = 100;
    private const int MaxProblemLength = 1000;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>What is known of a generation; holds nothing of the plugin itself.</summary>
    public PluginDescription Describe(Generation generation) => new()
    {
        Name = generation.Name,
        Version = generation.Version,
        Options = generation.Options,
        IsDelivery = generation.IsDelivery,
        Validate = generation.Options is null ? static (_, _) => [] : (config, cancellationToken) => Validate(generation, config, cancellationToken),
    };

    /// <summary>What is known of a generation that is on its way out and cannot be asked any more: what it objected to, it goes on objecting to.</summary>
    public static PluginDescription DescribeUnasked(Generation generation, IReadOnlyList<string> objections) => new()
    {
        Name = generation.Name,
        Version = generation.Version,
        Options = generation.Options,
        IsDelivery = generation.IsDelivery,
        Validate = (_, _) => objections,
    };

    private IReadOnlyList<string> Validate(Generation generation, ProcessorConfig config, CancellationToken cancellationToken)
    {
        if (generation.LateValidation is { IsCompleted: false })
        {
            return [Late(generation)];
        }

        if (!generation.TryAcquire())
        {
            return [];
        }

        try
        {
            IReadOnlyList<string> problems = [];
            var call = GuardedCall.Start(_ => { problems = Ask(generation, config); return default; }, CancellationToken.None);
            if (!call.EndsWithin(Deadline, cancellationToken, out var fault))
            {
                unloader.Await(call, generation.Abandon());
                cancellationToken.ThrowIfCancellationRequested();

                // Asked for each step of each job, it would cost as many threads, and that time again and again.
                generation.LateValidation = call.Ended;
                return [Late(generation)];
            }

            return fault is null ? problems : [$"plugin '{generation.Name}' failed to check its options: {fault.Summary}"];
        }
        finally
        {
            generation.Release();
        }
    }

    private static string Late(Generation generation) =>
        $"plugin '{generation.Name}' did not check its options within {Deadline.TotalSeconds} s; once that check has ended it is asked again, when the settings are checked next";

    private static List<string> Ask(Generation generation, ProcessorConfig config) => generation.Content.Instance is IDeclareOptions plugin
        ? [.. (plugin.Validate(config) ?? []).Take(MaxProblems).Select(problem => problem?.Length > MaxProblemLength ? problem[..MaxProblemLength] : problem ?? "")]
        : [];
}
