using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Plugins;

/// <summary>Decides which bytes the host agrees to run: those that only root and its own user could have written, and that are on the list if there is one.</summary>
internal sealed partial class PluginGuard(PluginOptions options, ILogger<PluginGuard> logger)
{
    private const int WritableByOthers = 0x12;
    private const int Sticky = 0x200;
    private static readonly uint Self = OperatingSystem.IsWindows() ? 0 : NativeUserId();
    private static readonly string Trusted = FileIdentity.RealPath(AppContext.BaseDirectory) ?? AppContext.BaseDirectory;

    private readonly PermissionCheck _check = options.PermissionCheck ?? (Self == 0 ? PermissionCheck.Enforce : PermissionCheck.Warn);

    /// <summary>Looks at who could have changed a plugin's files.</summary>
    /// <exception cref="PluginRefusedException">Somebody else than root and the host's own user could.</exception>
    public void Check(PluginSource source, PluginSnapshot snapshot)
    {
        if (_check == PermissionCheck.Off || OperatingSystem.IsWindows() || FindRemedy(source, snapshot.Files) is not { } problem)
        {
            return;
        }

        if (_check == PermissionCheck.Enforce)
        {
            throw new PluginRefusedException($"{problem}; Dkron:Plugins:PermissionCheck decides whether that matters") { MayPass = true };
        }

        LogPermissions(source.Name.Name, source.Location, problem);
    }

    /// <summary>Looks a build up in the list of those that may be used.</summary>
    /// <exception cref="PluginRefusedException">It is not on it.</exception>
    public void CheckAllowed(PluginSnapshot snapshot)
    {
        if (options.Allow.Count == 0)
        {
            return;
        }

        var allowed = options.Allow.GetValueOrDefault(snapshot.Name.Name) ?? options.Allow.GetValueOrDefault(snapshot.Name.AssemblyName) ?? "";
        if (!allowed.Split([' ', ',', '\t', '\n', '\r']).Contains(snapshot.Hash, StringComparer.OrdinalIgnoreCase))
        {
            throw new PluginRefusedException($"this build is not on the list Dkron:Plugins:Allow; if it is to be trusted, add {snapshot.Hash} to Dkron:Plugins:Allow:{snapshot.Name.Name}");
        }
    }

    private static string? FindRemedy(PluginSource source, IReadOnlyList<PluginFile> files)
    {
        var folder = FileIdentity.RealPath(source.Folder) ?? source.Folder;
        if ((folder + Path.DirectorySeparatorChar).StartsWith(Trusted.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return null;
        }

        // A link can be led elsewhere by whoever may write where it lies, so both ways count.
        return ParentsOf(source.Folder).Concat(ParentsOf(folder)).Select(parent => Problem(parent, FileIdentity.Of(parent), mayBeSticky: true))
            .Append(Problem(folder, FileIdentity.Of(folder), mayBeSticky: false))
            .Concat(FoldersOf(folder, files).Select(inner => Problem(inner, FileIdentity.Of(inner), mayBeSticky: false)))
            .Concat(files.Select(file => Problem(file.RealPath, file.Identity, mayBeSticky: false)))
            .FirstOrDefault(problem => problem is not null);
    }

    private static string? Problem(string path, FileIdentity? identity, bool mayBeSticky) => identity switch
    {
        { Owner: var owner } when owner != 0 && owner != Self => $"{path} belongs to user {owner}, who could change it; run: chown {Self} '{path}'",
        { Mode: var mode } when (mode & WritableByOthers) != 0 && !(mayBeSticky && (mode & Sticky) != 0) => $"{path} can be changed by others (mode {Convert.ToString(mode & 0xfff, 8)}); run: chmod go-w '{path}'",
        _ => null,
    };

    private static IEnumerable<string> ParentsOf(string folder)
    {
        for (var parent = Path.GetDirectoryName(folder); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            yield return parent;
        }
    }

    private static IEnumerable<string> FoldersOf(string folder, IReadOnlyList<PluginFile> files) =>
        files.Select(file => Path.GetDirectoryName(file.RealPath)!).Where(inner => inner.Length > folder.Length).Distinct(StringComparer.Ordinal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint NativeUserId();

    [LoggerMessage(6040, LogLevel.Warning, "Plugins: {Plugin} in {Location} is used although {Problem}")]
    private partial void LogPermissions(string plugin, string location, string problem);
}
