namespace Dkron.Host.Records;

/// <summary>Records cannot be read or written; the message says why and what to do.</summary>
internal sealed class RecordsException(string message, Exception? inner = null) : IOException(message, inner);
