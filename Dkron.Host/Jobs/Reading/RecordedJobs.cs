using System.Text;
using System.Text.Json;
using Dkron.Abstractions;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;

namespace Dkron.Host.Jobs.Reading;

/// <summary>How jobs are recorded with their executions, for a processing that goes on when the settings may say otherwise or nothing.</summary>
/// <remarks>
/// What is recorded is the job's own part. The node's sections <c>Processors:NAME</c>, where the passwords stand, are never written
/// into records: as they are at the time of a try, they are laid under what was recorded.
/// </remarks>
internal sealed class RecordedJobs(SettingNode? sections, IReadOnlyDictionary<string, PluginDescription> catalog, DataPlaceholder data)
{
    private static readonly SettingOrigin Origin = new("the record of an execution", "/");

    /// <summary>For nodes without any settings.</summary>
    public static RecordedJobs WithoutSections { get; } = new(null, new Dictionary<string, PluginDescription>(), new DataPlaceholder(""));

    public static string Write(JobInfo info, long maxOutputBytes, SettingNode? processors)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("name", info.Name);
            writer.WriteString("displayname", info.DisplayName);
            writer.WriteString("owner", info.Owner);
            writer.WriteString("owner_email", info.OwnerEmail);
            writer.WriteString("schedule", info.Schedule);
            WriteMap(writer, "tags", info.Tags);
            WriteMap(writer, "metadata", info.Metadata);
            writer.WriteNumber("max_output", maxOutputBytes);
            if (processors is not null)
            {
                writer.WritePropertyName("processors");
                SettingWriter.Write(writer, processors);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>What was recorded; null when it cannot be read.</summary>
    public JobProcessing? Read(string document)
    {
        // What does not fit the processors of today is for them to say when they are called. A setting that is not to be had at all
        // is told by its step itself, which is then not called.
        var problems = new ProblemList();
        var wrapped = Encoding.UTF8.GetBytes($$"""{ "Jobs": { "job": {{document}} } }""");
        if (SettingParser.Parse(wrapped, Origin, problems) is not { } root || root.Members["Jobs"]?.Members["job"] is not { Kind: SettingKind.Object } node)
        {
            return null;
        }

        var job = node.Members;
        var fields = new FieldReader(problems, null);
        var processors = job["processors"];
        var anything = NamesIn(processors).Distinct(StringComparer.Ordinal).ToDictionary(name => name, Describe, StringComparer.Ordinal);
        var steps = new StepsReader(new StepReader(new ProcessorSections(sections, anything, problems), anything, data, problems, CancellationToken.None), problems);
        return new JobProcessing(
            new JobInfo
            {
                Name = fields.Text(job["name"], "name"),
                DisplayName = fields.Text(job["displayname"], "displayname"),
                Owner = fields.Text(job["owner"], "owner"),
                OwnerEmail = fields.Text(job["owner_email"], "owner_email"),
                Schedule = fields.Text(job["schedule"], "schedule"),
                Tags = fields.Map(job["tags"], "tags"),
                Metadata = fields.Map(job["metadata"], "metadata"),
            },
            steps.Read(processors, fields),
            job["max_output"] is { IsScalar: true } max && long.TryParse(max.Text, out var bytes) ? bytes : long.MaxValue);
    }

    /// <summary>As it is known now, so that references in its secret options are followed; nothing is asked of it.</summary>
    private PluginDescription Describe(string name) =>
        catalog.TryGetValue(name, out var known) ? known with { Validate = static (_, _) => [] } : new PluginDescription { Name = name };

    private static IEnumerable<string> NamesIn(SettingNode? processors) => processors?.Kind switch
    {
        SettingKind.Object => processors.Members.Select(member => member.Key),
        SettingKind.Array => processors.Items.Where(item => item.Kind == SettingKind.Object && item.Members["name"] is { IsScalar: true }).Select(item => item.Members["name"]!.Text),
        _ => [],
    };

    private static void WriteMap(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, string> map)
    {
        writer.WriteStartObject(name);
        foreach (var (key, value) in map.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }
}
