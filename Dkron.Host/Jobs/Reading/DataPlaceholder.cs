namespace Dkron.Host.Jobs.Reading;

/// <summary>Puts the data directory in the place of <c>${data}</c>, so that a processor can be told to write below it.</summary>
internal sealed class DataPlaceholder(string dataDirectory)
{
    private const string Placeholder = "${data}";

    public string Replace(string text) => text.Contains(Placeholder, StringComparison.Ordinal) ? text.Replace(Placeholder, dataDirectory, StringComparison.Ordinal) : text;
}
