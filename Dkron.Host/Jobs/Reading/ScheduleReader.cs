using Dkron.Host.Jobs.Settings;
using Dkron.Host.Scheduling;

namespace Dkron.Host.Jobs.Reading;

/// <summary>Reads when jobs run. Jobs with the same schedule share it, unless their names spread it with <c>~</c>.</summary>
internal sealed class ScheduleReader
{
    private const int MaxLength = 1024;
    private readonly TimeZones _zones = new();
    private readonly Dictionary<(string Text, string Zone), Schedule> _schedules = [];

    /// <summary>The zone in which the job's schedule is meant; empty for the host's.</summary>
    public string Zone(SettingNode? node, FieldReader fields)
    {
        var zone = fields.Text(node, "timezone");
        if (zone.Length == 0 || _zones.Exists(zone))
        {
            return zone;
        }

        fields.Wrong(node, "timezone", "is not a time zone of the IANA list, such as Europe/Madrid", TimeZones.Ids);
        return "";
    }

    /// <summary>The schedule; null when there is none, it is wrong and has been told, or a parent starts the job.</summary>
    public Schedule? Read(SettingNode document, string zone, string name, bool hasParent, FieldReader fields)
    {
        var node = document.Members["schedule"];
        var text = fields.Text(node, "schedule");
        if (text.Length == 0)
        {
            if (!hasParent && node is null or { Kind: SettingKind.Null or SettingKind.Text })
            {
                fields.WrongSecret(node ?? document, "schedule", "is missing; expected when the job runs, such as @every 2m or 0 30 4 * * *, or @manually");
            }

            return null;
        }

        var isShared = !text.Contains('~', StringComparison.Ordinal);
        if (isShared && _schedules.TryGetValue((text, zone), out var schedule))
        {
            return Own(schedule);
        }

        if (text.Length > MaxLength)
        {
            fields.Wrong(node, "schedule", $"is longer than {MaxLength} characters");
            return null;
        }

        if (!Schedule.TryParse(text, zone, name, out schedule, out var error))
        {
            fields.Wrong(node, "schedule", error);
            return null;
        }

        if (isShared)
        {
            _schedules.Add((text, zone), schedule);
        }

        return Own(schedule);

        Schedule? Own(Schedule parsed)
        {
            if (hasParent && node is not null)
            {
                fields.Problems.Warn(node, fields.Job, "schedule", "is not used, because parent_job starts the job", text);
            }

            return hasParent ? null : parsed;
        }
    }
}
