namespace Dkron.Abstractions.Analyzers;

/// <summary>What goes wrong at run time when a rule is not heeded.</summary>
internal static class RuleCategories
{
    /// <summary>A replaced version of the plugin stays in memory.</summary>
    public const string Unloading = "Dkron.Unloading";

    /// <summary>Calls go wrong: late, mixed up, or said to have worked when they have not.</summary>
    public const string Calls = "Dkron.Calls";

    /// <summary>The host refuses the plugin.</summary>
    public const string Contract = "Dkron.Contract";
}
