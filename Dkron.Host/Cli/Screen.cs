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
    public async Task WriteJsonArrayAsync<T>(IAsyncEnumerable<T> documents, JsonTypeInfo<T> shape)
    {
        await using (var writer = new Utf8JsonWriter(Output, new JsonWriterOptions { Indented = true, Encoder = ApiJson.Shape.Options.Encoder, NewLine = "\n" }))
        {
            writer.WriteStartArray();
            await foreach (var document in documents)
            {
                JsonSerializer.Serialize(writer, document, shape);
                await writer.FlushAsync();
            }

            writer.WriteEndArray();
        }

        await Text.WriteLineAsync();
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
