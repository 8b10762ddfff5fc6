using System.Text;
using System.Text.Json;
using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Jobs.Reading;
using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Tests.Jobs;

public sealed class BadDocumentsTests : IDisposable
{
    private const int Count = 10_000;
    private static readonly string[] Keys = [.. JobFields.Known, .. JobFields.Computed, "Schedule", "sheduel", "", " ", "a:b", "a.b", "\u0000", "é", "名前", "\ud83d\ude00"];
    private static readonly string[] Texts = ["", " ", "@every 2m", "* * *", "@at never", "\u0000", "\u202e", "\ud83d\ude00", "null", "-1", "1e999", "%s{0}", "../../..", "'", "\"", "\n", "a=b,c", "self", "shell", "forbid"];

    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ten_thousand_generated_bad_documents_each_give_problems_that_name_the_job_and_key()
    {
        _folder.Declare("files", new ProcessorOption { Name = "max_files", Type = OptionType.Integer, Minimum = 0, Description = "x" });
        var random = new Random(20260102);
        var reader = _folder.Reader();

        for (var i = 0; i < Count; i++)
        {
            var name = $"job_{i}";
            var json = Document(random, name);
            var content = SettingsContent.Of([new SettingsFileContent(_folder.Main, json, null)]);

            var result = SettingsCheck.Run(reader, content, _folder.Catalog, progress: null, CancellationToken.None);

            result.Jobs.Should().BeNull(Encoding.UTF8.GetString(json));
            result.Problems.Should().Contain(problem => problem.Job == name && problem.Key == "retries");
            result.Problems.Should().OnlyContain(problem => problem.Source != null && problem.ToString().Length < 1000 && !problem.ToString().Contains('\n'));
        }
    }

    [Fact]
    public void Any_damage_to_a_good_file_gives_jobs_or_problems_and_never_an_exception()
    {
        var random = new Random(7);
        var good = Encoding.UTF8.GetBytes("""{ "Dkron": { "Tags": { "a": "b" }, "ShutdownGrace": "1s" }, "Processors": { "log": { "x": 1 } }, "Jobs": [ { "name": "é", "command": "x", "schedule": "@daily", "env": "A=1", "processors": [ { "name": "log" } ] } ] }""");
        var reader = _folder.Reader();

        for (var i = 0; i < Count; i++)
        {
            var bytes = good.ToArray();
            for (var hit = random.Next(1, 4); hit > 0; hit--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var content = SettingsContent.Of([new SettingsFileContent(_folder.Main, bytes.AsMemory(0, random.Next(2) == 0 ? bytes.Length : random.Next(bytes.Length)), null)]);

            var result = SettingsCheck.Run(reader, content, _folder.Catalog, progress: null, CancellationToken.None);

            (result.Jobs is null).Should().Be(result.Problems.Count > 0);
            SettingsRemains.DataDirectory(content.Files[0].Bytes.Span).Should().BeNull();
        }
    }

    internal static byte[] Document(Random random, string name)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { SkipValidation = true }))
        {
            var asArray = random.Next(2) == 0;
            writer.WriteStartObject();
            writer.WritePropertyName("Jobs");
            if (asArray)
            {
                writer.WriteStartArray();
                writer.WriteStartObject();
                writer.WriteString("name", name);
            }
            else
            {
                writer.WriteStartObject();
                writer.WriteStartObject(name);
            }

            // What makes each document bad for certain; everything else is left to chance.
            writer.WriteString("retries", "many");
            foreach (var key in random.GetItems(Keys, random.Next(8)).Except(["name", "retries"]))
            {
                writer.WritePropertyName(key);
                Value(random, writer, 0);
            }

            writer.WriteEndObject();
            if (asArray)
            {
                writer.WriteEndArray();
            }
            else
            {
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Value(Random random, Utf8JsonWriter writer, int depth)
    {
        switch (random.Next(depth > 8 ? 6 : 9))
        {
            case 0: writer.WriteNullValue(); break;
            case 1: writer.WriteBooleanValue(random.Next(2) == 0); break;
            case 2: writer.WriteNumberValue(random.NextInt64(long.MinValue, long.MaxValue)); break;
            case 3: writer.WriteRawValue("1e999999", skipInputValidation: true); break;
            case 4: writer.WriteStringValue(Texts[random.Next(Texts.Length)]); break;
            case 5: writer.WriteStringValue(new string((char)random.Next(1, 0xD800), random.Next(20) == 0 ? 100_000 : random.Next(300))); break;
            case 6:
                writer.WriteStartArray();
                for (var i = random.Next(4); i > 0; i--)
                {
                    Value(random, writer, depth + 1);
                }

                writer.WriteEndArray();
                break;
            default:
                writer.WriteStartObject();
                foreach (var key in random.GetItems(["log", "files", "name", "forward", "when", "timeout", "max_files", "command", "env", .. Keys], random.Next(5)))
                {
                    writer.WritePropertyName(key);
                    Value(random, writer, depth + 1);
                }

                writer.WriteEndObject();
                break;
        }
    }
}
