using Dkron.Host.Execution;
using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Jobs.Reading;

/// <summary>Reads what a job runs, from its short form or from <c>executor_config</c>.</summary>
internal sealed class CommandReader
{
    private const long MinOutput = 1024;
    private const long DefaultOutput = 1024 * 1024;
    private const long MaxOutput = 1024L * 1024 * 1024;
    private const int MaxPayload = 16 * 1024 * 1024;

    // A timer counts milliseconds in 32 bits, about 49 days.
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(30);

    /// <summary>The command; null when something about it is wrong, and has been told.</summary>
    public static Command? Read(SettingNode document, FieldReader fields)
    {
        var job = document.Members;
        var config = Config(job, fields);
        SettingNode? Pick(string key) => CommandReader.Pick(job, config, key, fields);
        string Where(string key) => FieldReader.IsGiven(job[key]) ? key : FieldReader.IsGiven(config?[key]) ? $"executor_config.{key}" : key;

        var isShell = fields.Boolean(Pick("shell"), Where("shell"), false);
        var arguments = Arguments(Pick("command"), Where("command"), isShell, document, fields);
        var environment = EnvironmentReader.Read(Pick("env"), Where("env"), fields);
        var folder = Folder(Pick("cwd"), Where("cwd"), fields);
        var payload = Payload(Pick("payload"), Where("payload"), fields);
        var timeout = fields.Duration(Pick("timeout"), Where("timeout"), TimeSpan.Zero, MaxTimeout);
        var maxOutput = fields.Size(job["max_output"], "max_output", MinOutput, MaxOutput, "from 1KiB to 1GiB") ?? DefaultOutput;
        return arguments is null
            ? null
            : new Command
            {
                Arguments = arguments,
                Environment = environment,
                WorkingDirectory = folder,
                Payload = payload,
                Timeout = timeout == TimeSpan.Zero ? null : timeout,
                MaxOutputBytes = maxOutput,
            };
    }

    private static SettingObject? Config(SettingObject job, FieldReader fields)
    {
        var executor = fields.Text(job["executor"], "executor");
        var node = job["executor_config"];
        if (executor is not ("" or "shell"))
        {
            fields.Wrong(job["executor"], "executor", "is not an executor of this host; expected shell", ["shell"]);
        }

        if (!FieldReader.IsGiven(node) || node is null)
        {
            return null;
        }

        if (node.Kind != SettingKind.Object)
        {
            fields.Wrong(node, "executor_config", "is not an object of names and texts");
            return null;
        }

        if (executor.Length == 0 && !FieldReader.IsGiven(job["executor"]))
        {
            fields.Wrong(node, "executor", "is missing beside executor_config; expected shell");
        }

        foreach (var (key, child) in node.Members)
        {
            var path = $"executor_config.{key}";
            if (!JobFields.OfShell.Contains(key))
            {
                fields.Problems.Add(child, fields.Job, path, "is not an option of the shell executor", suggestion: fields.Problems.Near.Find(key, JobFields.OfShell));
            }
            else if (key.Equals("su", StringComparison.OrdinalIgnoreCase) && IsSet(child))
            {
                fields.Wrong(child, path, "cannot be honoured: this host runs commands only as its own user; leave it out, or write the change of user into the command");
            }
            else if (key.Equals("mem_limit", StringComparison.OrdinalIgnoreCase) && IsSet(child))
            {
                fields.Wrong(child, path, "cannot be honoured: this host sets no limit on memory; leave it out, or set one in the command, such as with ulimit -v");
            }
        }

        return node.Members;
    }

    private static bool IsSet(SettingNode node) => FieldReader.IsGiven(node) && node is not { Kind: SettingKind.Text, Text: "" };

    private static SettingNode? Pick(SettingObject job, SettingObject? config, string key, FieldReader fields)
    {
        var own = job[key];
        var other = config?[key];
        if (FieldReader.IsGiven(own) && FieldReader.IsGiven(other) && other is not null)
        {
            fields.WrongSecret(other, $"executor_config.{key}", $"stands twice: also as '{key}' on the job itself; keep one of them");
        }

        return FieldReader.IsGiven(own) ? own : other;
    }

    private static IReadOnlyList<string>? Arguments(SettingNode? node, string key, bool isShell, SettingNode document, FieldReader fields)
    {
        var text = fields.Text(node, key);
        if (string.IsNullOrWhiteSpace(text))
        {
            if (node is null or { Kind: SettingKind.Null or SettingKind.Text })
            {
                fields.WrongSecret(node ?? document, key, node is null ? "is missing; expected what the job runs" : "is empty; expected what the job runs");
            }

            return null;
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            fields.Wrong(node, key, "holds a NUL character, which no command can");
            return null;
        }

        if (isShell)
        {
            return ["/bin/sh", "-c", text];
        }

        if (!ShellWords.TryParse(text, out var words, out var error))
        {
            fields.Wrong(node, key, $"cannot be split into words: {error}");
            return null;
        }

        if (words.Count > 0 && words[0].Length > 0)
        {
            return words;
        }

        fields.Wrong(node, key, "names no program");
        return null;
    }

    private static string? Folder(SettingNode? node, string key, FieldReader fields)
    {
        var text = fields.Text(node, key);
        if (text.Length == 0 || node is null)
        {
            return null;
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            fields.Wrong(node, key, "holds a NUL character, which no folder's name can");
            return null;
        }

        return Path.GetFullPath(text, node.Origin.Folder);
    }

    private static ReadOnlyMemory<byte> Payload(SettingNode? node, string key, FieldReader fields)
    {
        var text = fields.Text(node, key);
        if (text.Length == 0 || node is null)
        {
            return default;
        }

        var bytes = new byte[(text.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
        {
            fields.WrongSecret(node, key, "is not base64");
            return default;
        }

        if (length > MaxPayload)
        {
            fields.WrongSecret(node, key, "is too long; expected at most 16 MiB");
        }

        return bytes.AsMemory(0, length);
    }
}
