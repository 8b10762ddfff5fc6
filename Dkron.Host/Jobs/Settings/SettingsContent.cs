using System.Security.Cryptography;
using System.Text;

namespace Dkron.Host.Jobs.Settings;

/// <summary>What all settings files held at one moment, with a mark that is equal for equal contents.</summary>
internal sealed class SettingsContent
{
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
            // Whoever edits the file must not be kept from it.
            using var stream = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (!stream.CanSeek)
            {
                return new(file.Path, default, "is not a regular file; settings are read again when they change, so they must stand in one");
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
