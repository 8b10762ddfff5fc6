namespace Dkron.Host.Records;

/// <summary>Which of an execution's two outputs.</summary>
internal enum OutputKind
{
    /// <summary>As the command wrote it.</summary>
    Raw,

    /// <summary>As the last processor left it.</summary>
    Processed,
}
