using Dkron.Abstractions;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Jobs.Reading;

/// <summary>Reads one job document after the other.</summary>
internal sealed class JobReader(StepsReader steps, TagMatch tagMatch, ProblemList problems)
{
    private const int MaxRetries = 1_000_000;
    private readonly ScheduleReader _schedules = new();
    private readonly SharedPieces<IReadOnlyDictionary<string, string>> _maps = new();

    /// <summary>The job; null when something about it is wrong, and has been told.</summary>
    /// <param name="label">How problems name it.</param>
    /// <param name="name">Its name; null when it has none.</param>
    /// <param name="document">What is written.</param>
    public Job? Read(string label, string? name, SettingNode document)
    {
        var before = problems.Problems.Count;
        var fields = new FieldReader(problems, label);
        if (document.Kind != SettingKind.Object)
        {
            fields.Wrong(document, "", "is not a job; expected an object with command, schedule and so on");
            return null;
        }

        var job = document.Members;
        CheckKeys(job, fields);
        var jobName = Name(name, document, fields);
        var parent = Parent(job["parent_job"], label, fields);
        var zone = _schedules.Zone(job["timezone"], fields);
        var schedule = _schedules.Read(document, zone, label, hasParent: FieldReader.IsGiven(job["parent_job"]) && parent.Length > 0, fields);
        var tags = Map(job["tags"], "tags", fields);
        CheckCounts(job["tags"], tags, fields);
        var starts = fields.Time(job["starts_at"], "starts_at");
        var expires = fields.Time(job["expires_at"], "expires_at");
        if (expires <= starts)
        {
            fields.Wrong(job["expires_at"], "expires_at", "is not after starts_at: the job would never run");
        }

        var command = CommandReader.Read(document, fields);
        var info = new JobInfo
        {
            Name = label,
            DisplayName = fields.Text(job["displayname"], "displayname") is { Length: > 0 } shown ? shown : label,
            Owner = fields.Text(job["owner"], "owner"),
            OwnerEmail = fields.Text(job["owner_email"], "owner_email"),
            Schedule = schedule?.Text ?? "",
            Tags = tags,
            Metadata = Map(job["metadata"], "metadata", fields),
        };
        var disabled = fields.Boolean(job["disabled"], "disabled", false);
        var ephemeral = fields.Boolean(job["ephemeral"], "ephemeral", false);
        var retries = fields.Integer(job["retries"], "retries", MaxRetries) ?? 0;
        var concurrency = Choice<Concurrency>(job["concurrency"], "concurrency", fields);
        var backoff = RetryBackoffReader.Read(job["retry_backoff"], fields);
        var misfire = Choice<Misfire>(job["misfire"], "misfire", fields);
        var deadline = fields.Duration(job["starting_deadline"], "starting_deadline", TimeSpan.FromSeconds(1), RetryBackoff.Longest);
        var processors = steps.Read(job["processors"], fields);
        if (problems.Problems.Count > before || jobName is null || command is null)
        {
            return null;
        }

        return new Job
        {
            Name = jobName,
            Info = info,
            Schedule = schedule,
            Command = command,
            Disabled = disabled,
            NotSelected = tagMatch.NotSelected(tags),
            Retries = retries,
            RetryBackoff = backoff,
            Parent = parent.Length > 0 && JobName.TryParse(parent, out var parentName, out _) ? parentName : null,
            Concurrency = concurrency,
            Processors = processors,
            OwnProcessors = FieldReader.IsGiven(job["processors"]) ? job["processors"] : null,
            Ephemeral = ephemeral,
            StartsAt = starts,
            ExpiresAt = expires,
            TimeZone = zone,
            Misfire = misfire,
            StartingDeadline = deadline,
        };
    }

    private void CheckKeys(SettingObject job, FieldReader fields)
    {
        List<string>? computed = null;
        SettingNode? at = null;
        foreach (var (key, node) in job)
        {
            if (JobFields.Computed.Contains(key))
            {
                if (node.Kind != SettingKind.Null)
                {
                    at ??= node;
                    (computed ??= []).Add(key);
                }
            }
            else if (!JobFields.Known.Contains(key))
            {
                problems.Add(node, fields.Job, key, "is not a field of a job", suggestion: problems.Near.Find(key, JobFields.Known));
            }
        }

        if (computed is not null && at is not null)
        {
            problems.Warn(at, fields.Job, string.Join(", ", computed), "computed by the host; what is written here is ignored");
        }
    }

    private static JobName? Name(string? name, SettingNode document, FieldReader fields)
    {
        if (name is null)
        {
            var given = document.Members["name"];
            fields.Wrong(given ?? document, "name", given is null ? "is missing" : "is not a text");
            return null;
        }

        if (!JobName.TryParse(name, out var read, out var error))
        {
            var lower = name.ToLowerInvariant();
            fields.Problems.Add(document, fields.Job, "name", error, suggestion: JobName.TryParse(lower, out _, out _) ? lower : null);
        }

        return read;
    }

    private static string Parent(SettingNode? node, string name, FieldReader fields)
    {
        var parent = fields.Text(node, "parent_job");
        if (parent.Length > 0 && parent == name)
        {
            fields.Wrong(node, "parent_job", "is the job itself; a job can not have itself as parent");
        }

        return parent;
    }

    private IReadOnlyDictionary<string, string> Map(SettingNode? node, string key, FieldReader fields) => node is null
        ? Empty.Map
        : _maps.Get(node, () =>
        {
            var before = problems.Problems.Count;
            return (fields.Map(node, key), problems.Problems.Count == before);
        });

    private static void CheckCounts(SettingNode? node, IReadOnlyDictionary<string, string> tags, FieldReader fields)
    {
        foreach (var (key, text) in tags)
        {
            if (!TagMatch.TryCount(text, out _))
            {
                fields.Wrong(node?.Members[key], $"tags.{key}", "has no number of nodes after its colon; expected VALUE or VALUE:COUNT");
            }
        }
    }

    private static T Choice<T>(SettingNode? node, string key, FieldReader fields)
        where T : struct, Enum
    {
        var text = fields.Text(node, key);
        if (text.Length == 0)
        {
            return default;
        }

        var names = Enum.GetNames<T>().Select(name => name.ToLowerInvariant()).ToList();
        if (names.Contains(text))
        {
            return Enum.Parse<T>(text, ignoreCase: true);
        }

        fields.Wrong(node, key, $"is not {string.Join(", ", names[..^1])} or {names[^1]}", names);
        return default;
    }
}
