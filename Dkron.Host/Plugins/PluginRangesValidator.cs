using Microsoft.Extensions.Options;

namespace Dkron.Host.Plugins;

/// <summary>Checks the ranges of <see cref="PluginOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class PluginRangesValidator : IValidateOptions<PluginOptions>;
