using System.Security.Cryptography;
using System.Text.Json;

namespace Dkron.Host.Jobs.Settings;

/// <summary>The contents of the settings files when they were last good, kept in the data directory for a restart with bad ones.</summary>
/// <remarks>
/// One line of JSON says which files there are and how long they are, then follow their bytes. Whole files are kept and not what came of
/// them, so that lines, folders of relative paths, environment and arguments mean what they meant. Settings hold passwords: the file is its owner's only.
/// </remarks>
internal sealed class LastGoodSettings(string dataDirectory)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string FilePath { get; } = Path.Combine(dataDirectory, "last-good-settings");

    /// <summary>The last good contents of these files; null when there are none, or they cannot be read.</summary>
    public SettingsContent? Load(IReadOnlyList<SettingsFile> files)
    {
        try
        {
            var bytes = File.ReadAllBytes(FilePath);
            var end = Array.IndexOf(bytes, (byte)'\n');
            var header = end < 0 ? null : JsonSerializer.Deserialize(bytes.AsSpan(0, end), LastGoodJson.Default.LastGoodHeader);
            var body = bytes.AsMemory(end + 1);
            if (header is null || !header.Files.Select(file => file.Path).SequenceEqual(files.Select(file => file.Path), StringComparer.Ordinal)
                || header.Files.Sum(file => (long)file.Length) != body.Length || header.Sha256 != Convert.ToHexStringLower(SHA256.HashData(body.Span)))
            {
                return null;
            }

            var contents = new List<SettingsFileContent>();
            foreach (var file in header.Files)
            {
                contents.Add(new SettingsFileContent(file.Path, body[..file.Length], null) { Absent = file.Absent });
                body = body[file.Length..];
            }

            return SettingsContent.Of(contents);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps good contents, all or nothing.</summary>
    /// <exception cref="IOException">The disk is full, or the like.</exception>
    /// <exception cref="UnauthorizedAccessException">The data directory is not ours.</exception>
    public void Save(SettingsContent content)
    {
        CreateFolder();
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        var temporary = FilePath + ".new";
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, options))
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var file in content.Files)
            {
                hash.AppendData(file.Bytes.Span);
            }

            var header = new LastGoodHeader(Convert.ToHexStringLower(hash.GetHashAndReset()), [.. content.Files.Select(file => new LastGoodFile(file.Path, file.Bytes.Length, file.Absent))]);
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(header, LastGoodJson.Default.LastGoodHeader));
            stream.WriteByte((byte)'\n');
            foreach (var file in content.Files)
            {
                stream.Write(file.Bytes.Span);
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, FilePath, overwrite: true);
    }

    private void CreateFolder()
    {
        var folder = Path.GetDirectoryName(FilePath) ?? "/";
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        }
    }
}
