using Microsoft.Extensions.Logging;

namespace Dkron.Host.Plugins;

/// <summary>What an operator reads about builds that are taken, refused, put back and removed.</summary>
internal sealed partial class RenewalLog(ILogger logger)
{
    [LoggerMessage(6001, LogLevel.Information, "Plugins: {Plugin} {Version} #{Generation} is ready, from {Location}")]
    public partial void Loaded(string plugin, string version, int generation, string location);

    [LoggerMessage(6002, LogLevel.Error, "Plugins: {Plugin} in {Location} is refused: {Reason}")]
    public partial void Refused(string plugin, string location, string reason);

    [LoggerMessage(6003, LogLevel.Warning, "Plugins: {Plugin} {Version} in {Location}: {Warning}")]
    public partial void Warning(string plugin, string version, string location, string warning);

    [LoggerMessage(6004, LogLevel.Information, "Plugins: {Plugin} is taken from {Location}; the one in {Shadowed} is not used")]
    public partial void Shadowed(string plugin, string location, string shadowed);

    [LoggerMessage(6009, LogLevel.Information, "Plugins: {Plugin} {Version} #{Generation} replaces {Before} #{GenerationBefore}, from {Location}")]
    public partial void Swapped(string plugin, string version, int generation, string before, int generationBefore, string location);

    [LoggerMessage(6010, LogLevel.Warning, "Plugins: {Plugin} runs its last good version {Version}, since what lies in {Location} is refused")]
    public partial void LastGood(string plugin, string version, string location);

    [LoggerMessage(6011, LogLevel.Error, "Plugins: the last good version {Version} of {Plugin} cannot be used either: {Reason}")]
    public partial void LastGoodRefused(string plugin, string version, string reason);

    [LoggerMessage(6012, LogLevel.Information, "Plugins: {Plugin} {Version} is closed; its folder {Location} is gone")]
    public partial void Removed(string plugin, string version, string location);

    [LoggerMessage(6013, LogLevel.Information, "Plugins: {Plugin} went back to {Version}, as it was told to")]
    public partial void WentBack(string plugin, string version);

    [LoggerMessage(6014, LogLevel.Error, "Plugins: the version that the operator went back to cannot be used for {Plugin}: {Reason}")]
    public partial void NotBack(string plugin, string reason);

    [LoggerMessage(6015, LogLevel.Warning, "Plugins: copies of {Plugin} that nobody needs any more cannot be removed: {Reason}. This is tried again at each change of the plugin and at the next start")]
    public partial void NotPruned(string plugin, string reason);
}
