using System.Runtime.InteropServices;

namespace Dkron.Processors.Files;

/// <summary>Why the file system refused, and what an operator does about it.</summary>
internal sealed record FileProblem(string Text, string Remedy, bool MayPass)
{
    // Numbers from errno(3), the same on x64 and arm64 Linux.
    private const int NotPermitted = 1;
    private const int NoEntry = 2;
    private const int AccessDenied = 13;
    private const int Exists = 17;
    private const int NotADirectory = 20;
    private const int IsADirectory = 21;
    private const int NoSpace = 28;
    private const int ReadOnly = 30;
    private const int NameTooLong = 36;
    private const int LinkLoop = 40;
    private const int QuotaExceeded = 122;
    private const int GreatestNumber = 133;

    /// <summary>Takes only what is known from the exception: its message names a path by which no operator knows the folder.</summary>
    public static FileProblem Of(Exception exception)
    {
        var error = Number(exception);
        var text = error == 0 ? exception.GetType().Name : Marshal.GetPInvokeErrorMessage(error);
        return error switch
        {
            NotPermitted or AccessDenied => new(text, $"let the user '{Environment.UserName}' write there (chown or chmod u+rwx on the folder), or set log_dir to a folder of its own", false),
            ReadOnly => new(text, "mount it for writing, or set log_dir to a folder elsewhere", false),
            Exists or NotADirectory or IsADirectory => new(text, "a file stands where a folder is needed, or the other way round: move it away, or change log_dir or pattern", false),
            LinkLoop => new("a symbolic link stands in the way", "links below log_dir are not followed: put a real folder there, or point log_dir itself elsewhere", false),
            NameTooLong => new(text, "shorten pattern", false),
            NoSpace or QuotaExceeded => new(text, "free some space, limit old files with max_files, max_age or max_bytes, or set log_dir to another disk", true),
            _ => new(text, "look at the folder and its disk", true),
        };
    }

    public string Explain(string action, string path) => $"Cannot {action} {path}: {Text}; {Remedy}.";

    private static int Number(Exception exception) => exception switch
    {
        DirectoryNotFoundException or FileNotFoundException => NoEntry,
        PathTooLongException => NameTooLong,
        UnauthorizedAccessException => exception.InnerException is IOException { HResult: > 0 and <= GreatestNumber } inner ? inner.HResult : AccessDenied,
        { HResult: > 0 and <= GreatestNumber } => exception.HResult,
        _ => 0,
    };
}
