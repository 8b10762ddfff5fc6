namespace Dkron.Processors.Email;

/// <summary>The file with the trusted authorities cannot be used. The message is a whole sentence.</summary>
#pragma warning disable CA1064 // The processor turns it into a result: it never leaves this assembly.
internal sealed class CaFileException(string message) : Exception(message);
#pragma warning restore CA1064
