using Dkron.Abstractions;

namespace Dkron.Host.Processing;

/// <summary>Why a step did not work.</summary>
/// <param name="State">How its outcome is told when it is given up.</param>
/// <param name="Reason">As a sentence.</param>
/// <param name="MayPass">Whether another try may help.</param>
/// <param name="After">The least wait before it.</param>
internal readonly record struct StepFault(OutcomeState State, string Reason, bool MayPass, TimeSpan After = default);
