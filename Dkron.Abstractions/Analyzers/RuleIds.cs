namespace Dkron.Abstractions.Analyzers;

/// <summary>The rules' ids. An id is never given to another rule.</summary>
internal static class RuleIds
{
    public const string JsonByReflection = "DKRON001";
    public const string HoldingApi = "DKRON002";
    public const string LeftHandler = "DKRON003";
    public const string Undisposed = "DKRON004";
    public const string SharedState = "DKRON005";
    public const string BlockingWait = "DKRON006";
    public const string IgnoredToken = "DKRON007";
    public const string UnprovenDelivery = "DKRON008";
    public const string AssemblyName = "DKRON009";
    public const string OneProcessor = "DKRON010";
    public const string OptionName = "DKRON011";
    public const string Constructor = "DKRON012";
    public const string UnownedWork = "DKRON013";
}
