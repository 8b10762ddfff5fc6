using Dkron.Host.Jobs.Problems;

namespace Dkron.Host.Jobs.Settings;

/// <summary>Settings with all layers in place, checked as far as they are the host's own.</summary>
/// <param name="Tree">All of them.</param>
/// <param name="HostJson">The sections <c>Dkron</c> and <c>Serilog</c>, in the form that the binder reads.</param>
/// <param name="Problems">What is wrong so far.</param>
internal sealed record HostSettingsRead(SettingTree Tree, ReadOnlyMemory<byte> HostJson, ProblemList Problems);
