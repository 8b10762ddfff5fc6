using System.ComponentModel;
using System.Diagnostics;
using Dkron.Host.Execution.Output;

namespace Dkron.Host.Execution;

/// <summary>Starts commands where dkron runs for development only: no session of its own, no order between stdout and stderr.</summary>
internal sealed class PortableStarter : IChildStarter
{
    public IChild? TryStart(StartRequest request, OutputStore store, out string? error)
    {
        var start = new ProcessStartInfo(request.Path, request.Arguments.Skip(1))
        {
            WorkingDirectory = request.WorkingDirectory ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var variable in request.Environment)
        {
            var end = variable.IndexOf('=', StringComparison.Ordinal);
            start.Environment[variable[..end]] = variable[(end + 1)..];
        }

        var process = new Process { StartInfo = start };
        try
        {
            process.Start();
            error = null;
            return new PortableChild(process, request.Payload, store);
        }
        catch (Win32Exception e)
        {
            process.Dispose();
            error = $"program '{request.Path}': {e.Message}";
            return null;
        }
    }

    public void Dispose()
    {
        // Nothing is shared between its children.
    }
}
