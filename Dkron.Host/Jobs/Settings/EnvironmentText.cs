namespace Dkron.Host.Jobs.Settings;

/// <summary>Reads Dkron's text form of environment variables, <c>K=V,K=V</c>. Values in it cannot hold commas.</summary>
internal static class EnvironmentText
{
    /// <summary>The variables as members; null when a part is not of the form <c>K=V</c> or a name comes twice.</summary>
    public static SettingObject? Parse(SettingNode text, SettingShape shape)
    {
        var members = new SettingObject(shape);
        foreach (var part in text.Text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || !members.TryAdd(part[..at].Trim(), SettingNode.Scalar(SettingKind.Text, part[(at + 1)..], text.Origin, text.Line)))
            {
                return null;
            }
        }

        return members;
    }
}
