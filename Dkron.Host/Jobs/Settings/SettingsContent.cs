using System.Security.Cryptography;
using System.Text;
using Dkron.Host.Plugins;

namespace Dkron.Host.Jobs.Settings;

/// <summary>What all settings files held at one moment, with a mark that is equal for equal contents.</summary>
internal sealed class SettingsContent
{
    /// <summary>A million jobs need less; what is larger is a mistake, or has no end.</summary>
    private const long LargestBytes = 1024L * 1024 * 1024;

    private SettingsContent(IReadOnlyList<SettingsFileContent> files, string mark)
    {
        Files = files;
        Mark = mark;
    }

    public IReadOnlyList<SettingsFileContent> Files { get; }

    public string Mark { get; }

    public static SettingsContent Read(IReadOnlyList<SettingsFile> files) => Of([.. files.Select(Read)]);

    public static SettingsContent Of(IReadOnlyList<SettingsFileContent> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{file.Bytes.Length}\0{file.Absent}\0{file.Error}\0"));
            hash.AppendData(file.Bytes.Span);
        }

        return new SettingsContent(files, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static SettingsFileContent Read(SettingsFile file)
    {
        try
        {
            // Looked at before it is opened: opening a pipe would wait for its writer.
            if (FileIdentity.Of(file.Path) is { IsRegular: false, IsFolder: false })
            {
                return new(file.Path, default, "is not a regular file; settings are read again when they change, so they must stand in one");
            }

            // Whoever edits the file must not be kept from it.
            using var stream = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (stream.Length > LargestBytes)
            {
                return new(file.Path, default, $"is larger than {LargestBytes / 1024 / 1024} MiB");
            }

            using var memory = new MemoryStream((int)Math.Min(stream.Length, Array.MaxLength));
            stream.CopyTo(memory);
            return new(file.Path, memory.GetBuffer().AsMemory(0, (int)memory.Length), null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new(file.Path, default, file.Optional ? null : "does not exist") { Absent = true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(file.Path, default, Directory.Exists(file.Path) ? "is a folder" : $"cannot be read: {e.Message}");
        }
    }
}
