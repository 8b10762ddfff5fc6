using Dkron.Host.Jobs.Problems;
using Microsoft.Extensions.Configuration;

namespace Dkron.Host.Jobs.Settings;

/// <summary>The host's own settings: <c>Dkron</c> and <c>Serilog</c>, good ones only, kept up to date while the host runs.</summary>
internal sealed class HostSettings
{
    private readonly HostSettingsSource _source = new();

    private HostSettings(SettingsReader reader, HostSettingsRead read, SettingsContent? lastGood, IReadOnlyList<Problem> problems)
    {
        Reader = reader;
        LastGood = lastGood;
        Problems = problems;
        _source.Provider.Apply(read.HostJson);
        Configuration = new ConfigurationBuilder().Add(_source).Build();
        DataDirectory = Own().DataDirectory;
    }

    public SettingsReader Reader { get; }

    /// <summary>Where options are bound from. Holds nothing of jobs and processors.</summary>
    public IConfigurationRoot Configuration { get; }

    /// <summary>To be added to a host's configuration, so that its options follow a reload.</summary>
    public IConfigurationSource Source => _source;

    /// <summary>Absolute. Stays the same while the process runs.</summary>
    public string DataDirectory { get; }

    /// <summary>What the host started from in place of the files; null when these were good.</summary>
    public SettingsContent? LastGood { get; }

    /// <summary>Why it had to.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>Reads the files, or falls back to the last good settings that a data directory holds.</summary>
    /// <exception cref="JobConfigException">They cannot be used, and there are no last good ones.</exception>
    public static HostSettings Load(SettingsReader reader)
    {
        var content = reader.ReadContent();
        var read = reader.Build(content);
        var problems = read.Problems.Problems;
        if (problems.Count == 0)
        {
            return new HostSettings(reader, read, null, []);
        }

        foreach (var directory in reader.LikelyDataDirectories(read).Distinct(StringComparer.Ordinal))
        {
            if (new LastGoodSettings(directory).Load(reader.Files) is { } lastGood
                && reader.Build(lastGood) is { Problems.Problems.Count: 0 } good)
            {
                return new HostSettings(reader, good, lastGood, problems);
            }
        }

        throw new JobConfigException(problems);
    }

    /// <summary>As <see cref="Load"/>; null when the files cannot be used and there are no last good settings.</summary>
    public static HostSettings? TryLoad(SettingsReader reader)
    {
        try
        {
            return Load(reader);
        }
        catch (JobConfigException)
        {
            return null;
        }
    }

    /// <summary>Takes settings over that have been found good as a whole.</summary>
    /// <returns>Keys that have changed but cannot take effect while the process runs.</returns>
    public IReadOnlyList<string> Apply(HostSettingsRead good)
    {
        var before = Values();
        _source.Provider.Apply(good.HostJson);
        var after = Values();
        List<string> changed = [.. before.Keys.Union(after.Keys).Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key)).Order(StringComparer.Ordinal)];
        return changed;
    }

    /// <summary>All settings but the node's tags, which jobs are matched against anew at each change.</summary>
    private Dictionary<string, string?> Values() => Configuration.AsEnumerable()
        .Where(setting => setting.Value is not null && !setting.Key.StartsWith($"{DkronOptions.Section}:{nameof(DkronOptions.Tags)}", StringComparison.OrdinalIgnoreCase))
        .ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.OrdinalIgnoreCase);

    private DkronOptions Own() => Configuration.GetSection(DkronOptions.Section).Get<DkronOptions>() ?? new DkronOptions();
}
