using Microsoft.Extensions.Options;

namespace Dkron.Host.Execution;

/// <summary>Checks the ranges of <see cref="ExecutionOptions"/>; generated.</summary>
[OptionsValidator]
internal sealed partial class ExecutionOptionsValidator : IValidateOptions<ExecutionOptions>;
