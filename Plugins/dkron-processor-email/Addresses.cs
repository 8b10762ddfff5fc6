using MimeKit;

namespace Dkron.Processors.Email;

/// <summary>Reads mail addresses: <c>a@example.com, Name &lt;b@example.com&gt;</c>.</summary>
internal static class Addresses
{
    private static readonly ParserOptions Strict = new() { AllowAddressesWithoutDomain = false, AllowUnquotedCommasInAddresses = false, AddressParserComplianceMode = RfcComplianceMode.Strict };

    public static IReadOnlyList<MailboxAddress> Parse(string text, out string? problem)
    {
        problem = null;
        if (text.Any(char.IsControl))
        {
            problem = "holds a control character or a line break";
        }
        else if (string.IsNullOrWhiteSpace(text))
        {
            problem = "is blank; expected addresses such as a@example.com, Name <b@example.com>";
        }
        else if (!InternetAddressList.TryParse(Strict, text.Replace(';', ','), out var list))
        {
            problem = $"'{text}' is no list of addresses such as a@example.com, Name <b@example.com>";
        }
        else if (list.FirstOrDefault(one => one is not MailboxAddress) is { } group)
        {
            problem = $"'{group.Name}' is a group; expected single addresses";
        }
        else
        {
            return [.. list.Mailboxes];
        }

        return [];
    }
}
