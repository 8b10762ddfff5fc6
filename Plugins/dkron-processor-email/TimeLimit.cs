namespace Dkron.Processors.Email;

/// <summary>A time that may run out.</summary>
/// <param name="Option">The option that sets it.</param>
/// <param name="Length">How long it is.</param>
internal sealed record TimeLimit(string Option, TimeSpan Length);
