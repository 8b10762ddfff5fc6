using Dkron.Host.Api;
using Dkron.Host.Authoring;

namespace Dkron.Host.Cli;

/// <summary>Options as a table for people.</summary>
internal static class OptionRows
{
    public static void Write(IReadOnlyList<OptionDocument>? options, Screen screen)
    {
        if (options is null or [])
        {
            screen.WriteLine(options is null ? "options    it declares none, and takes any" : "options    it takes none");
            return;
        }

        screen.WriteLine("");
        var rows = new Rows("OPTION", "TYPE", "DEFAULT", "MEANING");
        foreach (var option in options)
        {
            rows.Add(option.Name, OptionTable.TypeOf(option).Replace("`", "", StringComparison.Ordinal), option.Required ? "required" : option.Default ?? "", option.Description);
        }

        screen.Write(rows);
    }
}
