using System.Collections;
using System.Text.Json;
using Dkron.Host.Jobs.Problems;
using Microsoft.Extensions.Configuration;

namespace Dkron.Host.Jobs.Settings;

/// <summary>Reads files, environment and arguments into the settings that hold.</summary>
/// <param name="files">The files, later ones over earlier ones.</param>
/// <param name="arguments">Settings from the command line, such as <c>Jobs:nightly:schedule=@daily</c>.</param>
/// <param name="variables">The environment, which does not change while the process runs.</param>
/// <param name="sections">The sections below <c>Dkron</c>, besides the host's own <see cref="DkronOptions"/>.</param>
/// <param name="workingFolder">From where relative paths in environment and arguments count.</param>
internal sealed class SettingsReader(IReadOnlyList<SettingsFile> files, IReadOnlyList<string> arguments, IDictionary variables, IReadOnlyList<OptionsSection> sections, string workingFolder)
{
    private readonly IReadOnlyList<OptionsSection> _sections = [OptionsSection.Of(DkronOptions.Section, new DkronOptionsValidator(), [nameof(DkronOptions.DataDirectory)]), .. sections];

    private readonly SettingOrigin _default = new("default", workingFolder);

    public IReadOnlyList<SettingsFile> Files { get; private set; } = files;

    public SettingsContent ReadContent() => SettingsContent.Read(Files);

    /// <summary>From now on a file that is there must stay there: its disappearance is a mistake and not an edit.</summary>
    public void RequireFilesOf(SettingsContent content) =>
        Files = [.. Files.Zip(content.Files, (file, read) => file with { Optional = file.Optional && read.Absent })];

    /// <summary>Reads what stands in the files and is not about jobs; jobs are checked later, when the processors are known.</summary>
    public HostSettingsRead Build(SettingsContent content)
    {
        var problems = new ProblemList();
        var overrides = SettingOverrides.FromEnvironment(variables, workingFolder, problems)
            .Concat(SettingOverrides.FromArguments(arguments, workingFolder, problems));
        var tree = SettingTree.Build(content, overrides, problems);
        CheckRoots(tree.Root, problems);
        new OptionsCheck(_sections, problems).Check(tree.Root);
        GiveDataDirectory(tree.Root);
        var json = HostJson(tree.Root);
        if (problems.Problems.Count == 0)
        {
            Validate(json, problems);
        }

        return new HostSettingsRead(tree, json, problems);
    }

    /// <summary>The data directories that the settings may mean, though they cannot be used as they are: the likeliest first.</summary>
    public IEnumerable<string> LikelyDataDirectories(HostSettingsRead read)
    {
        if (read.Tree.Root[DkronOptions.Section] is { Kind: SettingKind.Object } dkron && dkron.Members[nameof(DkronOptions.DataDirectory)] is { IsScalar: true } named
            && named.Origin != _default && OptionsValue.IsPath(named.Text))
        {
            yield return Path.GetFullPath(named.Text, named.Origin.Folder);
        }

        foreach (var file in ReadContent().Files)
        {
            if (SettingsRemains.DataDirectory(file.Bytes.Span) is { } found && OptionsValue.IsPath(found))
            {
                yield return Path.GetFullPath(found, Path.GetDirectoryName(file.Path) ?? "/");
            }
        }

        foreach (var folder in Files.Select(file => Path.GetDirectoryName(file.Path) ?? "/").Append(workingFolder).Distinct(StringComparer.Ordinal))
        {
            yield return Path.Combine(folder, "data");
        }
    }

    private void GiveDataDirectory(SettingObject root)
    {
        if (root[DkronOptions.Section] is not { Kind: SettingKind.Object } dkron)
        {
            dkron = SettingNode.Object(new SettingObject(SettingShape.Keywords), _default, 0);
            root.Set(DkronOptions.Section, dkron);
        }

        if (dkron.Members[nameof(DkronOptions.DataDirectory)] is null or { Kind: SettingKind.Null })
        {
            dkron.Members.Set(nameof(DkronOptions.DataDirectory), SettingNode.Scalar(SettingKind.Text, Path.Combine(workingFolder, "data"), _default, 0));
        }
    }

    private static void CheckRoots(SettingObject root, ProblemList problems)
    {
        foreach (var (key, node) in root)
        {
            var first = key.Split(':')[0];
            if (first.Length < key.Length && SettingOverrides.Roots.Contains(first, StringComparer.OrdinalIgnoreCase))
            {
                problems.Add(node, null, key, "is not read with colons in a file; write it as objects within each other");
            }
            else if (!SettingOverrides.Roots.Contains(key, StringComparer.OrdinalIgnoreCase) && key != "$schema")
            {
                problems.Warn(node, null, key, $"is not read; only {string.Join(", ", SettingOverrides.Roots)} are", suggestion: problems.Near.Find(key, SettingOverrides.Roots));
            }
        }
    }

    private static byte[] HostJson(SettingObject root)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var (key, node) in root.Where(member => member.Key.Equals("Dkron", StringComparison.OrdinalIgnoreCase) || member.Key.Equals("Serilog", StringComparison.OrdinalIgnoreCase)))
            {
                writer.WritePropertyName(key);
                SettingWriter.Write(writer, node);
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static IEnumerable<string> Failures(OptionsSection section, IConfiguration root)
    {
        try
        {
            return [.. section.Validate(root)];
        }
        catch (InvalidOperationException e)
        {
            // The binder says it with the key, for types that are not checked before.
            return [e.Message];
        }
    }

    /// <summary>The host's settings as its options and its log are made of them; null when they cannot be.</summary>
    private static IConfigurationRoot? Configuration(byte[] json, ProblemList problems)
    {
        try
        {
            using var stream = new MemoryStream(json);
            return new ConfigurationBuilder().AddJsonStream(stream).Build();
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            // Two keys that mean the same, or too many within each other: of these only Serilog's have not been checked before.
            problems.Add(new Problem { Key = "Serilog", Message = e.Message });
            return null;
        }
    }

    private void Validate(byte[] json, ProblemList problems)
    {
        if (Configuration(json, problems) is not { } root)
        {
            return;
        }

        foreach (var section in _sections)
        {
            foreach (var failure in Failures(section, root))
            {
                problems.Add(new Problem { Key = section.Path, Message = failure });
            }
        }

        foreach (var failure in HostLog.Problems(root))
        {
            problems.Add(new Problem { Key = "Serilog", Message = failure });
        }
    }
}
