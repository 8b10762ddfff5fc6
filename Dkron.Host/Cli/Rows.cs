using Spectre.Console;

namespace Dkron.Host.Cli;

/// <summary>A table for people: columns of plain text, or one that fits the terminal.</summary>
internal sealed class Rows(params string[] columns)
{
    private const string Gap = "  ";
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add([.. cells.Select(cell => Plain.OneLine(cell))]);

    /// <summary>Aligned, one line for each row however long, and no empty cell, so that awk can take it apart.</summary>
    public void WriteTo(TextWriter text)
    {
        string[][] all = [columns, .. _rows.Select(row => row.Select(cell => cell.Length == 0 ? "-" : cell).ToArray())];
        var widths = Enumerable.Range(0, columns.Length).Select(column => all.Max(row => row[column].Length)).ToArray();
        foreach (var row in all)
        {
            text.WriteLine(string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    public Table ToTable()
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var column in columns)
        {
            // Ids, names and times are copied from the screen: what may break is the last column, which is text.
            var header = new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))).PadRight(2);
            table.AddColumn(column == columns[^1] ? header : header.NoWrap());
        }

        foreach (var row in _rows)
        {
            table.AddRow(row.Select(cell => new Text(cell.Length == 0 ? "-" : cell, StyleOf(cell))));
        }

        return table;
    }

    private static Style StyleOf(string cell) => cell switch
    {
        "succeeded" or "success" or "active" => new Style(Color.Green),
        "failed" or "timed_out" or "lost" or "rejected" or "unavailable" => new Style(Color.Red),
        "running" or "skipped" or "retrying" => new Style(Color.Yellow),
        _ => Style.Plain,
    };
}
