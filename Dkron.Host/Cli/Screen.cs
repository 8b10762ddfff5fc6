using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Dkron.Host.Api;
using Spectre.Console;

namespace Dkron.Host.Cli;

/// <summary>Stdout and stderr, for people at a terminal and for programs.</summary>
internal sealed class Screen : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly IAnsiConsole? _terminal;

    /// <param name="output">Stdout.</param>
    /// <param name="error">Stderr.</param>
    /// <param name="isTerminal">Whether a person looks at stdout; otherwise it gets no colours and lines of any length.</param>
    public Screen(Stream output, TextWriter error, bool isTerminal)
    {
        Output = output;
        Error = error;
        Text = new StreamWriter(output, Utf8, bufferSize: 4096, leaveOpen: true) { AutoFlush = true, NewLine = "\n" };
        _terminal = isTerminal ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Text) }) : null;
    }

    /// <summary>The process's own.</summary>
    public static Screen OfProcess() => new(Console.OpenStandardOutput(), Console.Error, !Console.IsOutputRedirected);

    public Stream Output { get; }

    public TextWriter Text { get; }

    public TextWriter Error { get; }

    public bool IsTerminal => _terminal is not null;

    public void Complain(string message) => Error.WriteLine($"dkron: {Plain.OneLine(message)}");

    /// <summary>The one document of a verb.</summary>
    public void WriteJson<T>(T document, JsonTypeInfo<T> shape)
    {
        using (var writer = new Utf8JsonWriter(Output, new JsonWriterOptions { Indented = true, Encoder = ApiJson.Shape.Options.Encoder, NewLine = "\n" }))
        {
            JsonSerializer.Serialize(writer, document, shape);
        }

        Text.WriteLine();
    }

    /// <summary>A list as one document, without holding all of it.</summary>
    /// <remarks>
    /// Nothing is written before the first document is there: a list that cannot be read at all leaves stdout empty. One that breaks
    /// off later has been written in part, and holding it back until its end would hold all of it. It is closed then, so that
    /// what was read can be used; that it is not all is said on stderr and by the exit code, as of any failure.
    /// </remarks>
    public async Task WriteJsonArrayAsync<T>(IAsyncEnumerable<T> documents, JsonTypeInfo<T> shape, CancellationToken cancellationToken)
    {
        await using var reading = documents.GetAsyncEnumerator(cancellationToken);
        var isMore = await reading.MoveNextAsync();
        await using var writer = new Utf8JsonWriter(Output, new JsonWriterOptions { Indented = true, Encoder = ApiJson.Shape.Options.Encoder, NewLine = "\n" });
        writer.WriteStartArray();
        try
        {
            while (isMore)
            {
                JsonSerializer.Serialize(writer, reading.Current, shape);
                await writer.FlushAsync(cancellationToken);
                isMore = await reading.MoveNextAsync();
            }
        }
        catch (ControlException)
        {
            Complain("the list on stdout is not complete");
            throw;
        }
        finally
        {
            writer.WriteEndArray();
            await writer.FlushAsync(CancellationToken.None);   // also when it was given up
            await Text.WriteLineAsync();
        }
    }

    public void WriteLine(string line) => Text.WriteLine(Plain.OneLine(line));

    public void Write(Rows rows)
    {
        if (_terminal is null)
        {
            rows.WriteTo(Text);
        }
        else
        {
            _terminal.Profile.Width = rows.WidthAt(_terminal.Profile.Width);
            _terminal.Write(rows.ToTable());
        }
    }

    /// <summary>A line on stderr, beside what is on stdout.</summary>
    public void WriteAside(string line) => Error.WriteLine(Plain.OneLine(line));

    public void Dispose() => Text.Dispose();
}
