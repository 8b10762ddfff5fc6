using System.Text.Json.Nodes;
using Dkron.Host.Jobs;
using Dkron.Host.Jobs.Reading;

namespace Dkron.Host.Authoring.Schema;

/// <summary>One job document.</summary>
internal sealed class JobSchema(StepSchema steps, bool isPartial)
{
    private const int MaxRetries = 1_000_000;
    private const int MaxScheduleLength = 1024;
    private const string Moment = @"^$|^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2}))?$";

    // VALUE, or VALUE:COUNT; of a value with more colons the rest does not count.
    private const string Tag = "^([^:]*|[^:]*:[0-9]+|[^:]*:[^:]*:.*)$";

    private const string Part = $@"{Piece.Number}%?";

    // This host takes them only when they ask for nothing.
    private static readonly string[] NotHonoured = ["su", "mem_limit"];

    /// <summary>Job names: lower-case letters, digits, _ and -.</summary>
    public static string NamePattern { get; } = $@"^[\p{{Ll}}0-9_-]{{1,{JobName.MaxLength}}}$";

    public JsonObject Job()
    {
        var properties = Properties();
        foreach (var computed in JobFields.Computed)
        {
            properties[computed] = new JsonObject { ["description"] = "Computed by the host; what is written here is ignored." };
        }

        var job = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (!isPartial)
        {
            job["allOf"] = new JsonArray([Either("schedule", "parent_job"), Either("command", "executor_config"), With("executor_config", "executor"), .. OnlyOnce()]);
        }

        return job;
    }

    private JsonObject Properties()
    {
        var fields = Command(new JsonObject());
        fields["name"] = Piece.Any(Piece.Text(NamePattern), Piece.Null()).Described("The job's name, where jobs stand in an array.");
        fields["schedule"] = new JsonObject { ["type"] = new JsonArray("string", "null"), ["maxLength"] = MaxScheduleLength }.Described("When it is due, such as 0 30 2 * * *, @daily, @every 90s or @manually.");
        fields["timezone"] = Piece.Any(Piece.Enum(TimeZones.Ids.Prepend("").Distinct()), Piece.Null()).Described("The IANA zone of the schedule; default the machine's.");
        fields["displayname"] = Piece.Text().Described("The name for people.");
        fields["owner"] = Piece.Text().Described("Who answers for the job.");
        fields["owner_email"] = Piece.Text().Described("The owner's mail address.");
        fields["disabled"] = Piece.Boolean().Described("Do not fire.", JsonValue.Create(false));
        fields["ephemeral"] = Piece.Boolean().Described("Fire until the first success.", JsonValue.Create(false));
        fields["starts_at"] = Piece.Any(Piece.Text(Moment), Piece.Null()).Described("Fire only from then on, as RFC 3339.");
        fields["expires_at"] = Piece.Any(Piece.Text(Moment), Piece.Null()).Described("Fire only until then, as RFC 3339.");
        fields["tags"] = Piece.Map(Piece.Any(Piece.Text(Tag), new JsonObject { ["type"] = new JsonArray("number", "boolean", "null") })).Described("Which nodes run it: key: value[:count], matched against Dkron:Tags.");
        fields["metadata"] = Piece.Map().Described("Shown to people and to processors.");
        fields["retries"] = Piece.Integer(0, MaxRetries).Described("Further attempts after a failed one, with a growing wait.", JsonValue.Create(0));
        fields["parent_job"] = Piece.Text().Described("Run after this job's success.");
        fields["concurrency"] = Piece.ExactWords<Concurrency>().Described("What happens when it is due while it runs; forbid: that firing is skipped.", JsonValue.Create("allow"));
        fields["misfire"] = Piece.ExactWords<Misfire>().Described("What happens with due times that were missed.", JsonValue.Create("skip"));
        fields["starting_deadline"] = Piece.TimeSpan(isPositive: true, mayBeEmpty: true).Described("How late it may be started.");
        fields["retry_backoff"] = Backoff().Described("How long to wait before a further attempt, such as 30s, linear 10s or exponential 1s max 10m jitter 20%.");
        fields["max_output"] = Piece.Size(1024, 1024L * 1024 * 1024).Described("How much output is kept, head and tail.", JsonValue.Create("1MiB"));
        fields["executor"] = Piece.Any(Piece.Enum(["shell", ""]), Piece.Null()).Described("What runs it.", JsonValue.Create("shell"));
        fields["executor_config"] = Piece.Any(
            new JsonObject
            {
                ["type"] = "object",
                ["properties"] = Command(new JsonObject(NotHonoured.Select(key => KeyValuePair.Create<string, JsonNode?>(key, Piece.Any(Piece.Enum([""]), Piece.Null()))))),
                ["additionalProperties"] = false,
            },
            Piece.Null()).Described("What it runs, in Dkron's form.");
        fields["processors"] = steps.Steps();
        return fields;
    }

    /// <summary>What it runs, on the job itself or in its <c>executor_config</c>.</summary>
    private static JsonObject Command(JsonObject fields)
    {
        fields["command"] = Piece.Any(Piece.Text(@"\S"), Piece.Null()).Described("What it runs: split as a shell splits words, or given to /bin/sh -c with shell.");
        fields["shell"] = Piece.Boolean().Described("Give the command to /bin/sh -c.", JsonValue.Create(false));
        fields["env"] = Piece.Any(
            new JsonObject { ["type"] = "object", ["patternProperties"] = new JsonObject { [@"^[^=\u0000]+$"] = Piece.Scalar() }, ["additionalProperties"] = false },
            new JsonObject { ["type"] = new JsonArray("string", "null") }).Described("Its environment: an object, or K=V,K=V.");
        fields["cwd"] = Piece.Text().Described("The folder it runs in.");
        fields["timeout"] = Piece.TimeSpan(isPositive: false, mayBeEmpty: true).Described("How long it may run; no limit by default.");
        fields["payload"] = Piece.Any(Piece.Text(@"^[A-Za-z0-9+/\s]*={0,2}\s*$"), Piece.Null()).Described("What its stdin holds, as base64.");
        return fields;
    }

    private JsonObject Backoff()
    {
        var kinds = string.Join('|', RetryBackoff.Kinds);
        return Piece.Any(
            Piece.Text($@"^$|^\s*({Piece.Duration}|({kinds})\s+{Piece.Duration}(\s+(max\s+{Piece.Duration}|jitter\s+{Part})){{0,2}})\s*$"),
            new JsonObject { ["enum"] = new JsonArray(0) },
            new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["kind"] = Piece.Words(RetryBackoff.Kinds.Append("")),
                    ["delay"] = Piece.TimeSpan(isPositive: false),
                    ["max"] = Piece.TimeSpan(isPositive: false, mayBeEmpty: true),
                    ["jitter"] = Piece.Any(Piece.Text($"^{Part}$"), new JsonObject { ["type"] = "number", ["minimum"] = 0, ["maximum"] = 1 }, Piece.Null()),
                },
                ["required"] = isPartial ? new JsonArray() : new JsonArray("delay"),
                ["additionalProperties"] = false,
            },
            Piece.Null());
    }

    private static JsonObject Either(string one, string other) => Piece.Any(new JsonObject { ["required"] = new JsonArray(one) }, new JsonObject { ["required"] = new JsonArray(other) });

    private static JsonObject With(string one, string other) => Piece.Any(
        new JsonObject { ["not"] = new JsonObject { ["required"] = new JsonArray(one) } },
        new JsonObject { ["required"] = new JsonArray(other) },
        new JsonObject { ["properties"] = new JsonObject { [one] = Piece.Null() } });

    /// <summary>What a job says itself does not stand in its <c>executor_config</c> as well.</summary>
    private static IEnumerable<JsonObject> OnlyOnce() => JobFields.OfShell.Except(NotHonoured).Select(key => new JsonObject
    {
        ["not"] = new JsonObject
        {
            ["required"] = new JsonArray(key, "executor_config"),
            ["properties"] = new JsonObject
            {
                [key] = Given(),
                ["executor_config"] = new JsonObject { ["type"] = "object", ["required"] = new JsonArray(key), ["properties"] = new JsonObject { [key] = Given() } },
            },
        },
    });

    private static JsonObject Given() => new() { ["not"] = Piece.Null() };
}
