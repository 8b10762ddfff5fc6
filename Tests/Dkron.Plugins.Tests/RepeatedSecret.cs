using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dkron.Plugins.Tests;

/// <summary>A secret in the forms that servers repeat in their answers what they were sent.</summary>
internal static class RepeatedSecret
{
    /// <summary>With what one or another form writes differently; its base64 has + and / too.</summary>
    public const string Text = "alpha+bravo/charlie\"delta&echo<foxtrot>'golf\\hotel é>>>>>>???";

    public static TheoryData<string> Forms { get; } =
        ["as it is", "json", "relaxed json", "php", "php html", "go json", "html", "asp.net html", "go html", "url", "form", "base64", "base64 in json", "base64 in php"];

    private static string Base64 => Convert.ToBase64String(Encoding.UTF8.GetBytes(Text)).TrimEnd('=');

    /// <summary>As System.Text.Json writes it unless it is told otherwise, and so ASP.NET.</summary>
    public static string Json(string text) => JsonEncodedText.Encode(text).ToString();

    public static string As(string form) => form switch
    {
        "as it is" => Text,
        "json" => Json(Text),
        "relaxed json" => JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Text),

        // json_encode without flags: slashes and all that is not ASCII are escaped too.
        "php" => JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Text).Replace("/", "\\/").Replace("é", "\\u00e9"),

        // htmlspecialchars: the apostrophe has a leading zero.
        "php html" => WebUtility.HtmlEncode(Text).Replace("&#39;", "&#039;").Replace("&#233;", "é"),

        // encoding/json escapes these three for HTML's sake, in lower case.
        "go json" => JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Text).Replace("&", "\\u0026").Replace("<", "\\u003c").Replace(">", "\\u003e"),
        "html" => WebUtility.HtmlEncode(Text),
        "asp.net html" => HtmlEncoder.Default.Encode(Text),

        // html/template
        "go html" => WebUtility.HtmlEncode(Text).Replace("&quot;", "&#34;").Replace("+", "&#43;"),
        "url" => Uri.EscapeDataString(Text),
        "form" => WebUtility.UrlEncode(Text),
        "base64" => Base64,
        "base64 in json" => Json(Base64),
        "base64 in php" => Base64.Replace("/", "\\/"),
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, "No such form."),
    };
}
