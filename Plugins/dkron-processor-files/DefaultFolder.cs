namespace Dkron.Processors.Files;

/// <summary>Chooses where files go when no <c>log_dir</c> is given.</summary>
internal static class DefaultFolder
{
    /// <summary>Dkron's own default.</summary>
    public const string Preferred = "/var/log/dkron";

    /// <summary>The preferred folder when this process may add files to it or may make it, else the other one. Touches nothing.</summary>
    public static string Choose(string preferred, string otherwise)
    {
        var existing = Directory.Exists(preferred) ? preferred : Path.GetDirectoryName(preferred)!;
        return OperatingSystem.IsLinux() && NativeMethods.Access(existing, NativeMethods.MayAddEntries) == 0 ? preferred : otherwise;
    }
}
