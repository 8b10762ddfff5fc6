using System.Globalization;
using Dkron.Host.Jobs.Problems;

namespace Dkron.Host.Jobs.Settings;

/// <summary>Brings the jobs of one file into one form, by name, so that layers can be laid over each other.</summary>
internal sealed class JobLayer(ProblemList problems)
{
    /// <summary>Jobs without a name, with their place: they are checked like the others, though nothing can be laid over them.</summary>
    public List<(string Place, SettingNode Node)> Nameless { get; } = [];

    public SettingNode ByName(SettingNode jobs)
    {
        if (jobs.Kind == SettingKind.Object)
        {
            foreach (var (name, job) in jobs.Members)
            {
                CheckName(name, job);
                EnvironmentAsObject(job);
            }

            return jobs;
        }

        if (jobs.Kind != SettingKind.Array)
        {
            return jobs;
        }

        var byName = new SettingObject(SettingShape.Jobs);
        for (var i = 0; i < jobs.Items.Count; i++)
        {
            var job = jobs.Items[i];
            var place = string.Create(CultureInfo.InvariantCulture, $"Jobs[{i}]");
            EnvironmentAsObject(job);
            if (job.Kind != SettingKind.Object || job.Members["name"] is not { Kind: SettingKind.Text } name)
            {
                Nameless.Add((place, job));
            }
            else if (!byName.TryAdd(name.Text, job))
            {
                problems.Add(name, name.Text, "name", "another job in this array has the same name");
            }
        }

        return SettingNode.Object(byName, jobs.Origin, jobs.Line);
    }

    private void CheckName(string key, SettingNode job)
    {
        if (job.Kind == SettingKind.Object && job.Members["name"] is { Kind: not SettingKind.Null } name && (name.Kind != SettingKind.Text || name.Text != key))
        {
            problems.Add(name, key, "name", $"differs from the key '{DisplayText.Of(key)}' under which the job stands; leave it out or make them equal", name.IsScalar ? name.Text : null);
        }
    }

    private static void EnvironmentAsObject(SettingNode job)
    {
        if (job.Kind != SettingKind.Object)
        {
            return;
        }

        foreach (var holder in new[] { job, job.Members["executor_config"] })
        {
            if (holder?.Kind == SettingKind.Object && holder.Members["env"] is { Kind: SettingKind.Text } env
                && EnvironmentText.Parse(env, holder.Members.Shape.Of("env")) is { } members)
            {
                holder.Members.Set("env", SettingNode.Object(members, env.Origin, env.Line));
            }
        }
    }
}
