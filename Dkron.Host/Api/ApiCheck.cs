using System.Net.Sockets;

namespace Dkron.Host.Api;

/// <summary>Asks an agent on its socket, as a client does, whether it answers.</summary>
internal static class ApiCheck
{
    private const string Good = "HTTP/1.1 200 ";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly ReadOnlyMemory<byte> Question = "GET /v1/executions?limit=1 HTTP/1.1\r\nHost: dkron\r\nConnection: close\r\n\r\n"u8.ToArray();

    /// <summary>Asks for the newest execution and reads the answer to its end.</summary>
    /// <returns>What is wrong, in words; null when nothing is.</returns>
    public static async Task<string?> FindFaultAsync(string dataDirectory, TimeProvider time, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Limit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            using var socket = await ApiSocket.ConnectAsync(dataDirectory, limit.Token);
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            await stream.WriteAsync(Question, limit.Token);
            using var reader = new StreamReader(stream);
            var status = await reader.ReadLineAsync(limit.Token);
            await reader.ReadToEndAsync(limit.Token);
            return status is null ? "the connection was closed without an answer"
                : status.StartsWith(Good, StringComparison.Ordinal) ? null
                : $"the answer was {status}";
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {Limit.TotalSeconds:N0} s";
        }
    }
}
