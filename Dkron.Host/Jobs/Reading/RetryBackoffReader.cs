using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Jobs.Reading;

/// <summary>Reads a job's <c>retry_backoff</c>, a text or an object.</summary>
internal static class RetryBackoffReader
{
    private const string Key = "retry_backoff";
    private const string Range = "at most 30 days, and max not below delay";
    private static readonly HashSet<string> Keys = new(StringComparer.OrdinalIgnoreCase) { "kind", "delay", "max", "jitter" };

    public static RetryBackoff Read(SettingNode? node, FieldReader fields)
    {
        if (!FieldReader.IsGiven(node) || node is null or { Kind: SettingKind.Text, Text: "" })
        {
            return RetryBackoff.Default;
        }

        if (node.Kind == SettingKind.Object)
        {
            return FromObject(node, fields);
        }

        if (node.IsScalar && RetryBackoff.TryParse(node.Text, out var backoff))
        {
            return backoff;
        }

        fields.Wrong(node, Key, $"is not a wait such as 30s, linear 10s or exponential 1s max 10m jitter 20%, {Range}");
        return RetryBackoff.Default;
    }

    private static RetryBackoff FromObject(SettingNode node, FieldReader fields)
    {
        var before = fields.Problems.Problems.Count;
        foreach (var (key, child) in node.Members)
        {
            if (!Keys.Contains(key))
            {
                fields.Problems.Add(child, fields.Job, $"{Key}.{key}", "is not a key of retry_backoff; expected kind, delay, max or jitter", suggestion: fields.Problems.Near.Find(key, Keys));
            }
        }

        var kindText = fields.Text(node.Members["kind"], $"{Key}.kind");
        if (!RetryBackoff.TryKind(kindText.Length == 0 ? "constant" : kindText, out var kind))
        {
            fields.Wrong(node.Members["kind"], $"{Key}.kind", "is not constant, linear or exponential", RetryBackoff.Kinds);
        }

        var delay = fields.Duration(node.Members["delay"], $"{Key}.delay", TimeSpan.Zero, RetryBackoff.Longest);
        var max = fields.Duration(node.Members["max"], $"{Key}.max", TimeSpan.Zero, RetryBackoff.Longest);
        var jitter = Jitter(node.Members["jitter"], fields);
        if (fields.Problems.Problems.Count > before)
        {
            return RetryBackoff.Default;
        }

        if (delay is null)
        {
            fields.WrongSecret(node, $"{Key}.delay", "is missing; expected the first wait, such as 10s");
            return RetryBackoff.Default;
        }

        if (RetryBackoff.Of(kind, delay.Value, max, jitter) is { } backoff)
        {
            return backoff;
        }

        fields.Wrong(node.Members["max"], $"{Key}.max", $"is not a length of time that fits: {Range}");
        return RetryBackoff.Default;
    }

    private static double? Jitter(SettingNode? node, FieldReader fields)
    {
        if (!FieldReader.IsGiven(node) || node is null)
        {
            return null;
        }

        if (node.IsScalar && RetryBackoff.TryPart(node.Text, out var part))
        {
            return part;
        }

        fields.Wrong(node, $"{Key}.jitter", "is not a part such as 20% or 0.2, from 0 to 1");
        return null;
    }
}
