using Microsoft.Extensions.Options;

namespace Dkron.Host.Records;

/// <summary>Checks the ranges of <see cref="RecordOptions"/> at start.</summary>
[OptionsValidator]
internal sealed partial class RecordOptionsValidator : IValidateOptions<RecordOptions>;
