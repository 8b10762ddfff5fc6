namespace Dkron.Host.Tests.Plugins;

/// <summary>One thing that a plugin may do, and what comes of it.</summary>
/// <param name="What">As the authors' page calls it.</param>
/// <param name="Unloads">Whether a replaced version that has done it leaves memory.</param>
/// <param name="Remedy">What to do instead.</param>
/// <param name="Statement">What it does in a call.</param>
/// <param name="Members">What the statement needs of the class around it.</param>
internal sealed record UnloadCorpusRow(string What, bool Unloads, string Remedy, string Statement, string Members = "")
{
    /// <summary>What the statement needs at the top of the file.</summary>
    public string Usings { get; init; } = "";

    /// <summary>The files that lie beside the plugin.</summary>
    public IReadOnlyList<string> Libraries { get; init; } = [];
}
