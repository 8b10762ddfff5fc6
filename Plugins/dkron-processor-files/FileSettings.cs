using Dkron.Abstractions;

namespace Dkron.Processors.Files;

/// <summary>One step's options: declared, checked, read.</summary>
internal sealed record FileSettings(string LogDir, PathPattern Pattern, Retention Retention)
{
    private static readonly string[] Limits = ["max_files", "max_age", "max_bytes"];

    public static IReadOnlyList<ProcessorOption> Options { get; } =
    [
        new()
        {
            Name = "log_dir",
            Type = OptionType.Text,
            Description = $"The folder for the files, made when it is missing; a relative path counts from the host's data directory. Default: {DefaultFolder.Preferred} where the host may write there, else files in the data directory; the log says which at start.",
        },
        new()
        {
            Name = "pattern",
            Type = OptionType.Text,
            Default = PathPattern.Default,
            Description = "How a file below log_dir is named, with {job} {execution} {node} {started} {date} {attempt} {status}; a / makes folders. {execution} must be in it.",
        },
        new()
        {
            Name = "max_files",
            Type = OptionType.Integer,
            Minimum = 1,
            Description = "How many files of the job are kept; older ones are deleted after each write. Default: all.",
        },
        new()
        {
            Name = "max_age",
            Type = OptionType.Duration,
            Minimum = 1000,
            Description = "How long a file of the job is kept, such as 30d; older ones are deleted after each write. Default: for ever.",
        },
        new()
        {
            Name = "max_bytes",
            Type = OptionType.Size,
            Minimum = 1,
            Description = "How much the files of the job may take together, such as 1GiB; the oldest are deleted after each write, never the one just written. Default: no limit.",
        },
    ];

    public static IReadOnlyList<string> Validate(ProcessorConfig config)
    {
        var problems = new List<string>();
        var logDir = config.Text("log_dir", "/");
        if (string.IsNullOrWhiteSpace(logDir) || logDir.Any(char.IsControl))
        {
            problems.Add("log_dir: is blank or has a control character; expected the path of a folder");
        }

        var pattern = PathPattern.Parse(config.Text("pattern", PathPattern.Default), out var patternProblems);
        problems.AddRange(patternProblems);
        var limit = Limits.FirstOrDefault(config.ContainsKey);
        if (limit is not null && pattern is { TellsJob: false })
        {
            problems.Add($"{limit}: needs a pattern that tells whose file it is: {{job}} at the beginning of a name, and behind it one of / . @ + = , as in {PathPattern.Default}; otherwise files of another job could be deleted");
        }

        return problems;
    }

    public static FileSettings From(ProcessorConfig config, string defaultDir, string dataDirectory)
    {
        if (Validate(config) is [var first, ..])
        {
            throw new ProcessorConfigException(first[..first.IndexOf(':', StringComparison.Ordinal)], first);
        }

        return new FileSettings(
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(config.Text("log_dir", defaultDir), dataDirectory)),
            PathPattern.Parse(config.Text("pattern", PathPattern.Default), out _)!,
            new Retention(
                config.Integer("max_files", long.MaxValue, minimum: 1),
                config.Duration("max_age", TimeSpan.MaxValue),
                config.Size("max_bytes", long.MaxValue)));
    }
}
