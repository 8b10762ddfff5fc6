using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dkron.Abstractions;

namespace Dkron.Processors.Notices;

/// <summary>Keeps what was told in small files, one for each job and each step or group of receivers, so that it outlives restarts and new versions of the plugin.</summary>
/// <remarks>A file is held exclusively while it is changed: the version before may still be at work.</remarks>
internal sealed class NoticeMemory(PluginInfo plugin, TimeProvider time, IPluginLog log) : IDisposable
{
    private const int MaxFileBytes = 1024 * 1024;
    private const int HashBytes = 8;

    // A file's name may have 255 bytes, a job's name 128 letters of up to three bytes.
    private const int MaxReadableBytes = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _one = new(1);

    public void Dispose() => _one.Dispose();

    /// <summary>What is known.</summary>
    public Task<NoticeState> ReadAsync(string job, string key, CancellationToken cancellationToken) => ChangeAsync(job, key, state => state, cancellationToken);

    /// <summary>Changes what is known, and gives what it was changed to. What cannot be kept is said in the log; the notice goes out all the same.</summary>
    public async Task<NoticeState> ChangeAsync(string job, string key, Func<NoticeState, NoticeState> change, CancellationToken cancellationToken)
    {
        var path = Path.Combine(plugin.DataDirectory, plugin.Name, FileName(job, key));
        await _one.WaitAsync(cancellationToken);
        try
        {
            return await ChangeFileAsync(path, change, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Write(PluginLogLevel.Warning, $"{path} cannot be kept, so that limits and recoveries may be told wrongly: {e.Message}");
            return change(NoticeState.Unknown);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<NoticeState> ChangeFileAsync(string path, Func<NoticeState, NoticeState> change, CancellationToken cancellationToken)
    {
        if (!File.Exists(path) && change(NoticeState.Unknown) is { IsTrivial: true } trivial)
        {
            return trivial;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var file = await OpenAsync(path, cancellationToken);
        var bytes = new byte[Math.Min(file.Length, MaxFileBytes)];
        await file.ReadExactlyAsync(bytes, cancellationToken);
        var before = Parse(Encoding.UTF8.GetString(bytes));
        var after = change(before);
        if (after != before)
        {
            file.Position = 0;
            file.SetLength(0);
            await file.WriteAsync(Encoding.UTF8.GetBytes(Format(after)), cancellationToken);
        }

        return after;
    }

    private async Task<FileStream> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetElapsedTime(begin) < Patience && File.Exists(path))
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    /// <remarks>The job's name is for people, and cut where it is long; the hash alone tells one file from another.</remarks>
    private static string FileName(string job, string key)
    {
        var length = job.Length;
        while (Encoding.UTF8.GetByteCount(job.AsSpan(0, length)) > MaxReadableBytes)
        {
            length--;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{job}\0{key}"));
        return $"{job[..length]}-{Convert.ToHexStringLower(hash.AsSpan(0, HashBytes))}.state";
    }

    private static string Format(NoticeState state)
    {
        var text = new StringBuilder();
        if (state.Failing is { } failing)
        {
            text.Append(CultureInfo.InvariantCulture, $"failing {(failing ? 1 : 0)}\n");
        }

        if (state.Newest is { } newest)
        {
            text.Append(CultureInfo.InvariantCulture, $"newest {newest.ToUnixTimeMilliseconds()}\n");
        }

        if (state.Begun is { } begun)
        {
            text.Append(CultureInfo.InvariantCulture, $"begun {(int)begun.What} {begun.Invocation}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"held_back {state.HeldBack} {state.LastHeldBack}\n");
        foreach (var (at, invocation) in state.Sent)
        {
            text.Append(CultureInfo.InvariantCulture, $"sent {at.ToUnixTimeMilliseconds()} {invocation}\n");
        }

        return text.ToString();
    }

    /// <remarks>A line that was cut by a power failure is left out: it is better to tell too much than to stop telling.</remarks>
    private static NoticeState Parse(string text)
    {
        var state = NoticeState.Unknown;
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ', 3);
            if (words.Length < 2 || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                continue;
            }

            state = words switch
            {
                ["failing", _] => state with { Failing = number == 1 },
                ["newest", _] when number < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() => state with { Newest = DateTimeOffset.FromUnixTimeMilliseconds(number) },
                ["begun", _, var invocation] => state with { Begun = (invocation, (NoticeEvent)number) },
                ["held_back", _, var last] => state with { HeldBack = number, LastHeldBack = last },
                ["sent", _, var invocation] when number < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() => state with { Sent = [.. state.Sent, (DateTimeOffset.FromUnixTimeMilliseconds(number), invocation)] },
                _ => state,
            };
        }

        return state;
    }
}
