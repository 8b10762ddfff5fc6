using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Dkron.Host.Tests.Plugins;

/// <summary>Lets two files or folders change places at once, as renameat2(2) does with RENAME_EXCHANGE.</summary>
internal static partial class FileExchange
{
    private const int AtCurrentFolder = -100;
    private const uint Exchange = 2;

    public static void Run(string one, string other)
    {
        if (NativeRename(AtCurrentFolder, one, AtCurrentFolder, other, Exchange) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int NativeRename(int fromFolder, string from, int toFolder, string to, uint flags);
}
