using System.Runtime.InteropServices;

namespace Dkron.Host.Execution.Native;

/// <summary>Starts a program by posix_spawn in a session of its own, with default signals and nothing open but 0, 1 and 2.</summary>
internal static unsafe class Spawner
{
    private static readonly byte* Attributes = CreateAttributes();

    // Without it every descriptor must carry close-on-exec, as all of the host's own do; what the host inherited itself may not.
    private static readonly bool CanCloseFrom = Exports("posix_spawn_file_actions_addclosefrom_np");

    public static bool CanChangeDirectory { get; } = Exports("posix_spawn_file_actions_addchdir_np");

    /// <summary>Gives 0 and the process id, or the error number. An input of -1 gives the program nothing to read.</summary>
    public static int Start(StartRequest request, int input, int output, out int processId)
    {
        processId = 0;
        var actions = stackalloc byte[LibC.SpawnStructureBytes];
        var error = LibC.InitializeActions(actions);
        if (error != 0)
        {
            return error;
        }

        try
        {
            error = AddActions(actions, request.WorkingDirectory, input, output);
            return error != 0 ? error : Start(request, actions, out processId);
        }
        finally
        {
            _ = LibC.DestroyActions(actions);
        }
    }

    private static int AddActions(byte* actions, string? workingDirectory, int input, int output)
    {
        var error = input >= 0 ? LibC.AddDuplicate(actions, input, 0) : LibC.AddOpen(actions, 0, "/dev/null", 0, 0);
        error = error != 0 ? error : LibC.AddDuplicate(actions, output, 1);
        error = error != 0 ? error : LibC.AddDuplicate(actions, output, 2);
        error = error != 0 || !CanCloseFrom ? error : LibC.AddCloseFrom(actions, 3);
        return error != 0 || workingDirectory is null ? error : LibC.AddChangeDirectory(actions, workingDirectory);
    }

    private static int Start(StartRequest request, byte* actions, out int processId)
    {
        using var path = new NativeStrings([request.Path]);
        using var arguments = new NativeStrings(request.Arguments);
        using var environment = new NativeStrings(request.Environment);
        int child;
        var error = LibC.Spawn(&child, path.Pointers[0], actions, Attributes, arguments.Pointers, environment.Pointers);
        processId = error == 0 ? child : 0;
        return error;
    }

    /// <summary>Made once and only read afterwards, so it is shared by all threads and never freed.</summary>
    private static byte* CreateAttributes()
    {
        var attributes = (byte*)NativeMemory.AllocZeroed(LibC.SpawnStructureBytes);
        var signals = stackalloc byte[LibC.SignalSetBytes];
        _ = LibC.InitializeAttributes(attributes);
        _ = LibC.EmptySignalSet(signals);
        _ = LibC.SetAttributeSignalMask(attributes, signals);

        // The runtime ignores SIGPIPE, and what is ignored stays so across exec: 'yes | head' would not end by itself.
        // All bits, because sigfillset leaves out 32 and 33, and glibc would have them ignored in the child then.
        new Span<byte>(signals, LibC.SignalSetBytes).Fill(0xFF);
        _ = LibC.SetAttributeDefaultSignals(attributes, signals);
        _ = LibC.SetAttributeFlags(attributes, LibC.SpawnSetSession | LibC.SpawnSetSignalMask | LibC.SpawnSetDefaultSignals);
        return attributes;
    }

    private static bool Exports(string symbol) => NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), symbol, out _);
}
