namespace Dkron.Processors.Syslog;

/// <summary>An open way to a server. Used by one call at a time.</summary>
internal interface ISyslogConnection : IAsyncDisposable
{
    /// <summary>Whether it can be kept for the next call and, when it was, whether the server is still at the other end.</summary>
    bool IsReusable { get; }

    /// <summary>Sends one message, now or with the next ones.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>Ends when all messages have left and, as far as the transport can tell, arrived.</summary>
    ValueTask CompleteAsync(CancellationToken cancellationToken);
}
