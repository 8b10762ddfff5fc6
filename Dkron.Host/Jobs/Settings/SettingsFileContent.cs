namespace Dkron.Host.Jobs.Settings;

/// <summary>What one settings file held at one moment.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Bytes">What it held; empty when it could not be read.</param>
/// <param name="Error">Why it could not be read; null when it could, or may be absent and is.</param>
internal sealed record SettingsFileContent(string Path, ReadOnlyMemory<byte> Bytes, string? Error)
{
    /// <summary>Whether it may be absent and is.</summary>
    public bool Absent { get; init; }
}
