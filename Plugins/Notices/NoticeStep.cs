using Dkron.Abstractions;

namespace Dkron.Processors.Notices;

/// <summary>Tells the steps apart that tell the same receivers of the same job.</summary>
internal static class NoticeStep
{
    /// <summary>The same for the same step after restarts, swaps, and edits of the other steps.</summary>
    /// <param name="config">The step's options.</param>
    /// <param name="way">The options that say how a notice gets there, and nothing of what is told, when, and whom.</param>
    /// <remarks>
    /// Made of the options, since they go where the step goes. Its place, with which the invocation's id ends and which the earlier
    /// outcomes count, is another one's place as soon as the chain is edited. A step that shall tell something else begins anew, with
    /// what the execution says about the firing before; one whose password is renewed or whose server moves goes on.
    /// </remarks>
    public static string Of(ProcessorConfig config, IReadOnlyCollection<string> way) => string.Join('\0', config
        .Where(option => !way.Contains(option.Key, StringComparer.OrdinalIgnoreCase))
        .Select(option => (Name: option.Key.ToUpperInvariant(), option.Value))
        .OrderBy(option => option.Name, StringComparer.Ordinal)
        .Select(option => $"{option.Name}={option.Value}"));
}
