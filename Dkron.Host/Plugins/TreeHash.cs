using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dkron.Host.Plugins;

/// <summary>One SHA-256 over all files of a plugin: a line of path, length and SHA-256 for each, in the order of their paths.</summary>
internal static class TreeHash
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>The hash of a plugin where it lies, in lower-case hexadecimal digits.</summary>
    public static string Of(PluginSource source)
    {
        using var tree = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in PluginTree.List(source))
        {
            Append(tree, file, Transfer(file.RealPath, Stream.Null));
        }

        return Finish(tree);
    }

    /// <summary>Copies a plugin into an empty folder, readable by its owner only, and gives the hash of what was copied.</summary>
    public static string Copy(IReadOnlyList<PluginFile> files, string folder)
    {
        using var tree = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            var path = Path.Combine(folder, file.RelativePath);
            PrivateFolder.Create(Path.GetDirectoryName(path)!);
            Append(tree, file, CopyFile(file.RealPath, path));
        }

        return Finish(tree);
    }

    private static (long Length, byte[] Hash) CopyFile(string source, string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead;
        }

        using var target = new FileStream(path, options);
        return Transfer(source, target);
    }

    private static (long Length, byte[] Hash) Transfer(string path, Stream target)
    {
        using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var length = 0L;
            for (int read; (read = source.Read(buffer)) > 0; length += read)
            {
                hash.AppendData(buffer, 0, read);
                target.Write(buffer, 0, read);
            }

            return (length, hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Append(IncrementalHash tree, PluginFile file, (long Length, byte[] Hash) content) =>
        tree.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{file.RelativePath}\0{content.Length}\0{Convert.ToHexStringLower(content.Hash)}\n")));

    private static string Finish(IncrementalHash tree) => Convert.ToHexStringLower(tree.GetHashAndReset());
}
