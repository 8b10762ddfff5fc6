namespace Dkron.Host.Jobs.Settings;

/// <summary>What was written as a setting.</summary>
internal enum SettingKind
{
    /// <summary>As if it had not been given, also by a layer below.</summary>
    Null,
    Text,
    Number,
    Boolean,
    Object,
    Array,
}
