using Dkron.Host.Api;

namespace Dkron.Host.Cli;

/// <summary>What a verb ends with.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>It was asked for rightly and did not work.</summary>
    public const int Failed = 1;

    /// <summary>It was asked for wrongly, or the settings are wrong.</summary>
    public const int Misused = 2;

    public static int Of(ControlError error) => error is ControlError.Invalid or ControlError.NotFound ? Misused : Failed;
}
