using Dkron.Abstractions;

namespace Dkron.Testing;

/// <summary>One entry that a plugin wrote to its log.</summary>
/// <param name="Level">How much it matters.</param>
/// <param name="Message">The text.</param>
/// <param name="Exception">The exception as text; null when there was none.</param>
/// <param name="InvocationId">The call that wrote it; null for what was written with the log of the constructor.</param>
public sealed record TestLogEntry(PluginLogLevel Level, string Message, string? Exception, string? InvocationId);
