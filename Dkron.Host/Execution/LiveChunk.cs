namespace Dkron.Host.Execution;

/// <summary>A piece of a running command's output.</summary>
/// <param name="Offset">Where it stands in all that the command wrote; beyond what was asked for when that was cut already.</param>
/// <param name="Count">How many bytes were read; zero when there is nothing more yet.</param>
/// <param name="Ended">Whether the command has ended and this was read to its end.</param>
internal readonly record struct LiveChunk(long Offset, int Count, bool Ended);
