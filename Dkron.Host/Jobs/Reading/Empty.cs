namespace Dkron.Host.Jobs.Reading;

/// <summary>What all jobs without it share.</summary>
internal static class Empty
{
    public static readonly IReadOnlyDictionary<string, string> Map = new Dictionary<string, string>().AsReadOnly();
}
