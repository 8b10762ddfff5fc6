using System.Reflection;

namespace Dkron.Host.Plugins;

/// <summary>What a plugin threw, as text: an exception that came out of a plugin holds its load context.</summary>
/// <param name="Summary">The type's name and the message, in one line.</param>
/// <param name="Details">All of it, with stack traces.</param>
internal sealed record PluginFault(string Summary, string Details)
{
    private const int MaxSummaryLength = 1000;
    private const int MaxDetailsLength = 16 * 1024;

    /// <summary>The host's own reason for refusing the plugin, when that is what was thrown.</summary>
    public string? Refusal { get; private init; }

    /// <summary>Turns an exception into text, even if its own code throws.</summary>
    public static PluginFault From(Exception exception)
    {
        while (exception is TargetInvocationException { InnerException: { } inner })
        {
            exception = inner;
        }

        if (exception is PluginRefusedException refused)
        {
            return new PluginFault(refused.Message, refused.Message) { Refusal = refused.Message };
        }

        var type = exception.GetType().Name;
#pragma warning disable CA1031 // Message and ToString of a plugin's exception are the plugin's code, which may throw anything.
        try
        {
            var message = exception is ReflectionTypeLoadException load
                ? string.Join("; ", load.LoaderExceptions.Select(e => e?.Message).Distinct())
                : exception.Message;
            return new PluginFault(Cut($"{type}: {message.ReplaceLineEndings(" ")}", MaxSummaryLength), Cut(exception.ToString(), MaxDetailsLength));
        }
        catch (Exception)
        {
            return new PluginFault(type, type);
        }
#pragma warning restore CA1031
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length), "…");
}
