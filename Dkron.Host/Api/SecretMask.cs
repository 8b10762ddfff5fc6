using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Jobs;

namespace Dkron.Host.Api;

/// <summary>Shows the configuration of steps without their secrets.</summary>
/// <remarks>What cannot be told to be harmless is masked: all settings of a processor whose options are not known.</remarks>
internal sealed class SecretMask(Func<string, IReadOnlyList<ProcessorOption>?> optionsOf)
{
    public const string Text = "***";

    // A processor that declares nothing may still be given one of these.
    private static readonly string[] SecretWords = ["password", "passwd", "passphrase", "secret", "token", "credential", "apikey", "api_key", "api-key", "private_key", "access_key", "authorization"];

    public StepDocument Of(ProcessorStep step)
    {
        var options = optionsOf(step.Name);
        var settings = new List<KeyValuePair<string, string>>();
        AddUnless(!step.Forward, "forward", "true");
        AddUnless(step.When == StepCondition.Always, "when", Words.Of(step.When));
        AddUnless(step.OnError == StepFailure.Continue, "on_error", Words.Of(step.OnError));
        AddUnless(step.Timeout == ProcessorStep.DefaultTimeout, "timeout", DurationText.Format(step.Timeout));
        AddUnless(step.Retries is null, "retries", step.Retries?.ToString(CultureInfo.InvariantCulture) ?? "");
        AddUnless(step.RetryBackoff is null, "retry_backoff", DurationText.Format(step.RetryBackoff ?? default));
        foreach (var (key, value) in step.Config.OrderBy(setting => setting.Key, StringComparer.Ordinal))
        {
            settings.Add(new(key, IsSecret(key, options) ? Text : value));
        }

        return new StepDocument(step.Name, settings);

        void AddUnless(bool absent, string key, string value)
        {
            if (!absent)
            {
                settings.Add(new(key, value));
            }
        }
    }

    private static bool IsSecret(string key, IReadOnlyList<ProcessorOption>? options) =>
        options is null
        || options.FirstOrDefault(option => string.Equals(option.Name, key, StringComparison.OrdinalIgnoreCase))?.Type is OptionType.Secret
        || (options.Count == 0 && SecretWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase)));
}
