namespace Dkron.Abstractions;

/// <summary>Says that a processor hands results to somebody else, so that a call that did not work is tried again.</summary>
/// <remarks>
/// <para>The steps of such a processor have 3 <c>retries</c> unless the job says otherwise; those of any other processor have none.
/// What is given up on after them is kept as a dead letter and can be tried again by an operator.</para>
/// <para>Tried again are <see cref="ProcessorResult.Retry"/>, an exception and a timeout, never <see cref="ProcessorResult.Fail"/>.
/// A repeat has the same <see cref="ProcessorContext.InvocationId"/> and a higher <see cref="ProcessorContext.Attempt"/>: pass the
/// id on where the receiver can use it to recognise a repeat.</para>
/// <para>Read from the assembly's metadata, before any of its code runs. Since contract 1.1.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class DeliveryAttribute : Attribute;
