using System.Runtime.InteropServices;

namespace Dkron.Host.Execution.Native;

/// <summary>Linux error numbers that are told apart here.</summary>
internal static class Errno
{
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int ArgumentsTooBig = 7;
    public const int NotExecutable = 8;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int AccessDenied = 13;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int TextFileBusy = 26;
    public const int NotImplemented = 38;

    public static int Last => Marshal.GetLastPInvokeError();

    public static string Describe(int error) => error switch
    {
        NoEntry => "a part of its path, or the interpreter that its first line names, does not exist (ENOENT)",
        ArgumentsTooBig => "its arguments and environment are larger than this system allows (E2BIG)",
        NotExecutable => "it is not a program that this machine can run (ENOEXEC); a script needs a first line like #!/bin/sh",
        TryAgain => "the limit on processes is reached (EAGAIN; see ulimit -u, TasksMax of the service, pids.max of the container)",
        NoMemory => "there is not enough memory (ENOMEM)",
        AccessDenied => "permission denied (EACCES)",
        TooManyFilesInSystem => "too many files are open on this machine (ENFILE)",
        TooManyFiles => "the host has too many files open (EMFILE; see ulimit -n, LimitNOFILE of the service)",
        TextFileBusy => "its file is open for writing (ETXTBSY)",
        _ => $"{Marshal.GetPInvokeErrorMessage(error)} (error {error})",
    };
}
