using System.Globalization;

namespace Dkron.Acceptance.Tests;

/// <summary>Reads /proc.</summary>
internal static class Processes
{
    public static IReadOnlyList<(int Id, string Name, char State)> ChildrenOf(int parent) => [.. All().Where(p => p.Parent == parent).Select(p => (p.Id, p.Name, p.State))];

    /// <summary>Processes that live: a zombie has only not been reaped by its parent.</summary>
    public static IReadOnlyList<int> InSession(int session) => [.. All().Where(p => p.Session == session && p.State != 'Z').Select(p => p.Id)];

    /// <summary>The most memory a process ever had resident, in bytes.</summary>
    public static long PeakResidentBytes(int id) => StatusOf(id, "VmHWM") * 1024;

    public static IReadOnlyList<string> ThreadNames(int id) => [.. Directory.GetDirectories($"/proc/{id}/task").Select(NameOf)];

    /// <summary>What each descriptor stands for: a path, or the kind of thing that has none.</summary>
    public static IReadOnlyList<string> OpenFiles(int id) => [.. Directory.GetFileSystemEntries($"/proc/{id}/fd").Select(TargetOf)];

    private static string NameOf(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm")).TrimEnd();
        }
        catch (IOException)
        {
            return "ended";
        }
    }

    private static string TargetOf(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget ?? "closed";
        }
        catch (IOException)
        {
            return "closed";
        }
    }

    private static long StatusOf(int id, string key) =>
        long.Parse(File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith(key, StringComparison.Ordinal)).Split([':', '\t', ' '], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    // Fields after the command's closing parenthesis: state ppid pgrp session (proc(5)).
    private static IEnumerable<(int Id, string Name, char State, int Parent, int Session)> All()
    {
        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (IOException)
            {
                continue;
            }

            var end = stat.LastIndexOf(')');
            var fields = stat[(end + 2)..].Split(' ');
            yield return (int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), stat[(stat.IndexOf('(') + 1)..end], fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture));
        }
    }
}
