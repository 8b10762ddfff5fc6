using System.ComponentModel;
using Dkron.Host.Execution.Output;

namespace Dkron.Host.Execution.Native;

/// <summary>Starts commands on Linux by posix_spawn and watches them with one thread.</summary>
internal sealed class NativeStarter : IChildStarter
{
    private readonly EventLoop _loop;

    /// <exception cref="PlatformNotSupportedException">The kernel lacks what is needed.</exception>
    /// <exception cref="Win32Exception">The host has too many files open.</exception>
    public NativeStarter()
    {
        var probe = LibC.OpenPidfd(Environment.ProcessId);
        if (probe < 0)
        {
            throw new PlatformNotSupportedException(
                $"Commands cannot be run: pidfd_open failed with error {Errno.Last}. Linux 5.3 or later is needed, and a container must not forbid this call.");
        }

        _ = LibC.Close(probe);
        RestoreChildSignal();
        _loop = new EventLoop();
    }

    public IChild? TryStart(StartRequest request, OutputStore store, out string? error)
    {
        if (request.WorkingDirectory is not null && !Spawner.CanChangeDirectory)
        {
            error = "a working folder needs glibc 2.29 or later";
            return null;
        }

        var child = TryStart(request, store, out int number);
        error = child is null ? $"program '{request.Path}': {Errno.Describe(number)}" : null;
        return child;
    }

    public void Dispose() => _loop.Dispose();

    private NativeChild? TryStart(StartRequest request, OutputStore store, out int error)
    {
        error = PipePair.Open(hostReads: true, out var output);
        if (error != 0)
        {
            return null;
        }

        PipePair? input = null;
        if (!request.Payload.IsEmpty)
        {
            error = PipePair.Open(hostReads: false, out var opened);
            input = error == 0 ? opened : null;
        }

        var processId = 0;
        error = error != 0 ? error : Spawner.Start(request, input?.ChildEnd ?? -1, output.ChildEnd, out processId);
        _ = LibC.Close(output.ChildEnd);
        if (input is { } pair)
        {
            _ = LibC.Close(pair.ChildEnd);
        }

        if (error == 0)
        {
            return Watch(processId, output.HostEnd, input?.HostEnd, request.Payload, store, out error);
        }

        _ = LibC.Close(output.HostEnd);
        if (input is { } unused)
        {
            _ = LibC.Close(unused.HostEnd);
        }

        return null;
    }

    private NativeChild? Watch(int processId, int outputEnd, int? inputEnd, ReadOnlyMemory<byte> payload, OutputStore store, out int error)
    {
#pragma warning disable CA2000 // The child owns them; where it does not come about they are disposed below.
        var output = new OutputPipe(_loop, outputEnd, store);
        var input = inputEnd is { } end ? new InputPipe(_loop, end, payload) : null;
#pragma warning restore CA2000
        var identity = ProcessGroups.Identify(processId);
        var pidfd = LibC.OpenPidfd(processId);
        error = pidfd < 0 ? Errno.Last : output.Start();
        error = error != 0 || input is null ? error : input.Start();
        var exit = new ExitWatch(_loop, processId, pidfd, output);
        error = error != 0 ? error : exit.Start();
        if (error == 0)
        {
            return new NativeChild(identity, exit, output, input);
        }

        // It runs but cannot be watched, for want of descriptors: better no run than one whose end nobody sees.
        new ProcessSession(processId).Signal(Signals.Kill);
        ExitWatch.Read(processId, reap: true);
        output.Dispose();
        input?.Dispose();
        if (pidfd >= 0)
        {
            _ = LibC.Close(pidfd);
        }

        return null;
    }

    /// <summary>A host whose parent ignored SIGCHLD would inherit that, and the kernel would throw the exit codes of children away.</summary>
    private static unsafe void RestoreChildSignal()
    {
        const nint Default = 0;
        const nint Ignore = 1;
        var action = stackalloc byte[LibC.SpawnStructureBytes];
        if (LibC.GetSignalHandler(Signals.Child, 0, action) == 0 && *(nint*)action == Ignore)
        {
            _ = LibC.SetSignalHandler(Signals.Child, Default);
        }
    }
}
