using Spectre.Console;

namespace Dkron.Host.Cli;

/// <summary>A table for people: columns of plain text, or one that fits the terminal.</summary>
internal sealed class Rows(params string[] columns)
{
    private const string Gap = "  ";
    private const int LeastTextWidth = 30;
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add([.. cells.Select(cell => cell.Length == 0 ? "-" : Plain.OneLine(cell))]);

    /// <summary>How wide it is drawn on a terminal of a width. Where that is too narrow, it is for the terminal to break the lines: ids, names and times are copied from there.</summary>
    public int WidthAt(int terminalWidth)
    {
        // Spectre.Console leaves room for a line before, between and behind the columns, also where it draws none.
        var widths = Widths();
        return Math.Max(terminalWidth, widths[..^1].Sum(width => width + Gap.Length) + Math.Min(widths[^1], LeastTextWidth) + Gap.Length + columns.Length + 1);
    }

    /// <summary>Aligned, one line for each row however long, and no empty cell, so that awk can take it apart.</summary>
    public void WriteTo(TextWriter text)
    {
        var widths = Widths();
        foreach (var row in _rows.Prepend(columns))
        {
            text.WriteLine(string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    public Table ToTable()
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var column in columns)
        {
            // What may break is the last column, which is text.
            var header = new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))).PadRight(2);
            table.AddColumn(column == columns[^1] ? header : header.NoWrap());
        }

        foreach (var row in _rows)
        {
            table.AddRow(row.Select(cell => new Text(cell, StyleOf(cell))));
        }

        return table;
    }

    private int[] Widths() => [.. columns.Select((name, column) => _rows.Select(row => row[column].Length).Append(name.Length).Max())];

    private static Style StyleOf(string cell) => cell switch
    {
        "succeeded" or "success" or "active" => new Style(Color.Green),
        "failed" or "timed_out" or "lost" or "rejected" or "unavailable" => new Style(Color.Red),
        "running" or "skipped" or "retrying" => new Style(Color.Yellow),
        _ => Style.Plain,
    };
}
