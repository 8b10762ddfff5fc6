using System.Net.Sockets;
using System.Security.Authentication;
using Dkron.Abstractions;

namespace Dkron.Processors.Syslog;

/// <summary>Sends each execution's output to a syslog server, with job, execution and exit code as structured data.</summary>
/// <param name="time">The clock that waits and limits are measured by.</param>
[Delivery]
public sealed class SyslogProcessor(TimeProvider time) : IExecutionProcessor, IDeclareOptions, ISelfTest
{
    private const string Marker = "Output in syslog";

    private readonly SyslogConnector _connector = new(time);
    private readonly ConnectionPool _pool = new(time);

    /// <inheritdoc/>
    public IReadOnlyList<ProcessorOption> Options => SyslogOptions.All;

    /// <inheritdoc/>
    public IReadOnlyList<string> Validate(ProcessorConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return SyslogOptions.Validate(config);
    }

    /// <inheritdoc/>
    public ValueTask TestAsync(CancellationToken cancellationToken)
    {
        var room = new byte[8];
        using var text = new OutputText(new MemoryStream([(byte)'a', 0, (byte)'b', (byte)'\n']));
        return text.Next(room, splitLines: true) == 6 && room.AsSpan(0, 6).SequenceEqual("a#000b"u8) && SyslogOptions.Validate(ProcessorConfig.Empty).Count == 0
            ? default
            : throw new InvalidOperationException("Control characters could pass into a message.");
    }

    /// <inheritdoc/>
    public async ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var settings = SyslogSettings.From(context.Config);
        var messages = new ExecutionMessages(context, settings, time.LocalTimeZone);
        if (messages.Problem is { } problem)
        {
            return ProcessorResult.Fail(problem);
        }

        using var limit = new CancellationTokenSource(settings.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await DeliverAsync(messages, settings.Target, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DeliveryProblem.TimedOut(settings);
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or TlsFileException)
        {
            return DeliveryProblem.Of(e, settings.Target);
        }

        return context.Forward ? ProcessorResult.Unchanged : ProcessorResult.WithOutput(Marker);
    }

    /// <summary>Closes the connections.</summary>
    /// <returns>The end of the work.</returns>
    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    private async ValueTask DeliverAsync(ExecutionMessages messages, SyslogTarget target, CancellationToken cancellationToken)
    {
        using var turn = await _pool.WaitForTurnAsync(target, cancellationToken);
        if (await _pool.TakeAsync(target) is { } kept)
        {
            try
            {
                await SendAsync(messages, target, kept, cancellationToken);
                return;
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // The server closed it in the meantime, which says nothing about a new connection. What had arrived arrives
                // twice; losing it would be worse.
            }
        }

        await SendAsync(messages, target, await _connector.ConnectAsync(target, cancellationToken), cancellationToken);
    }

    private async ValueTask SendAsync(ExecutionMessages messages, SyslogTarget target, ISyslogConnection connection, CancellationToken cancellationToken)
    {
        var whole = false;
        try
        {
            foreach (var message in messages.Read())
            {
                await connection.SendAsync(message, cancellationToken);
            }

            await connection.CompleteAsync(cancellationToken);
            whole = true;
        }
        finally
        {
            // A connection that broke off in the middle of a message would turn the next one into garbage.
            await (whole ? _pool.ReturnAsync(target, connection) : connection.DisposeAsync());
        }
    }
}
