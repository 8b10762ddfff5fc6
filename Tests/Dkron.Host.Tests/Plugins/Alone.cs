namespace Dkron.Host.Tests.Plugins;

/// <summary>Tests that take the whole machine, and would make others wait.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
