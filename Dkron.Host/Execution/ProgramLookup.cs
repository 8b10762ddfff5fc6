using Dkron.Host.Execution.Native;

namespace Dkron.Host.Execution;

/// <summary>Finds a program's file as execvp does, in the PATH that the program itself will see.</summary>
internal static class ProgramLookup
{
    /// <remarks>Where nothing sets PATH. Source: confstr(3), _CS_PATH of glibc.</remarks>
    private const string DefaultPath = "/bin:/usr/bin";

    public static string? TryFind(string program, string? searchPath, string? workingDirectory, out string? error)
    {
        error = null;
        if (program.Length == 0)
        {
            error = "the program's name is empty";
            return null;
        }

        // Elsewhere than on Linux the system's own lookup serves; paths have other forms there.
        if (!OperatingSystem.IsLinux())
        {
            return program;
        }

        if (program.Contains('/', StringComparison.Ordinal))
        {
            var path = Locate(workingDirectory, program);
            error = Check(path) is { } problem ? $"program '{program}' {problem}" : null;
            return error is null ? path : null;
        }

        var searched = searchPath ?? DefaultPath;
        string? nearMiss = null;
        foreach (var folder in searched.Split(':'))
        {
            // An empty entry is the working folder, by POSIX.
            var path = Locate(workingDirectory, Path.Combine(folder, program));
            var problem = Check(path);
            if (problem is null)
            {
                return path;
            }

            nearMiss ??= File.Exists(path) ? $"program '{path}' {problem}" : null;
        }

        error = nearMiss ?? $"program '{program}' was not found in PATH ({searched})";
        return null;
    }

    private static string Locate(string? workingDirectory, string path) =>
        Path.IsPathRooted(path) ? path : Path.Combine(workingDirectory ?? Directory.GetCurrentDirectory(), path);

    private static string? Check(string path)
    {
        if (!File.Exists(path))
        {
            return Directory.Exists(path) ? "is a folder" : "does not exist, or the host may not see it";
        }

        return LibC.Access(path, LibC.ExecutePermission) == 0 ? null : "may not be executed: permission denied (EACCES); see its mode and the mount's noexec";
    }
}
