using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Jobs.Reading;

/// <summary>One key of a step, given by the step itself or by the node.</summary>
/// <param name="Key">As it was written.</param>
/// <param name="Node">The value.</param>
/// <param name="Place">How problems name it.</param>
/// <param name="Fields">Tells problems of the job, or of the node.</param>
internal sealed record StepSetting(string Key, SettingNode Node, string Place, FieldReader Fields);
