using System.Diagnostics;

namespace Dkron.Plugins.Tests.Log;

/// <summary>Runs <see cref="LoggingHost"/> as a process of its own, with pipes or anything else a shell can redirect to.</summary>
internal static class LoggingHostProcess
{
    public static async Task<(int ExitCode, byte[] Output, byte[] Errors)> RunAsync(int count, int lines, string format, string report, string redirect = "")
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec \"$0\" \"$@\" {redirect}");
        start.ArgumentList.Add(Environment.ProcessPath!);
        foreach (var argument in new[] { LoggingHost.Verb, $"{count}", $"{lines}", format, report })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = ReadAsync(process.StandardOutput.BaseStream);
        var errors = ReadAsync(process.StandardError.BaseStream);
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }
}
