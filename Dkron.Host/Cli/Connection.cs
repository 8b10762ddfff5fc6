using System.Net.Sockets;
using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>Finds who answers: the agent, or what it has left on disk.</summary>
internal sealed class Connection(CliParts parts)
{
    /// <summary>Who answers, disposed by the caller.</summary>
    public async Task<ControlLease> OpenAsync(SettingsArguments settings, CancellationToken cancellationToken)
    {
        var dataDirectory = parts.DataDirectory(settings);
#pragma warning disable CA2000 // The lease disposes it.
        return await IsAnsweredAsync(dataDirectory, cancellationToken)
            ? new ControlLease(new RemoteControl(dataDirectory), IsAgent: true)
            : new ControlLease(await parts.Offline(settings, cancellationToken), IsAgent: false);
#pragma warning restore CA2000
    }

    /// <summary>The agent, disposed by the caller; null when none runs, or when there are no settings that tell where.</summary>
    public async Task<ControlLease?> FindAgentAsync(SettingsArguments settings, CancellationToken cancellationToken)
    {
        string dataDirectory;
        try
        {
            dataDirectory = parts.DataDirectory(settings);
        }
        catch (ControlException e) when (e.Error == ControlError.Invalid)
        {
            return null;
        }

#pragma warning disable CA2000 // The lease disposes it.
        return await IsAnsweredAsync(dataDirectory, cancellationToken) ? new ControlLease(new RemoteControl(dataDirectory), IsAgent: true) : null;
#pragma warning restore CA2000
    }

    private static async Task<bool> IsAnsweredAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(dataDirectory))
        {
            return false;
        }

        try
        {
            using var socket = await ApiSocket.ConnectAsync(dataDirectory, cancellationToken);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AccessDenied)
        {
            throw new ControlException(ControlError.Failed, $"no permission to talk to the agent on {ApiSocket.PathIn(dataDirectory)}; run this as the user that runs the agent", e);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
        {
            return false;
        }
        catch (SocketException e)
        {
            throw new ControlException(ControlError.Failed, $"the agent on {ApiSocket.PathIn(dataDirectory)} cannot be reached: {e.Message}", e);
        }
    }
}
