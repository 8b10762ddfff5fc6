using Microsoft.Extensions.Options;

namespace Dkron.Host;

/// <summary>Checks the ranges of <see cref="DkronOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class DkronOptionsValidator : IValidateOptions<DkronOptions>;
