using System.Globalization;

namespace Dkron.Host.Records;

/// <summary>Where Records keeps what, below the data directory.</summary>
internal sealed class DataPaths(string dataDirectory)
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = OwnersFile | UnixFileMode.UserExecute;

    public string Root { get; } = Path.GetFullPath(dataDirectory);

    public string Database => Path.Combine(Root, "records.db");

    /// <summary>See <see cref="CommitMark"/>.</summary>
    public string Commits => Path.Combine(Root, "records.commits");

    /// <summary>There when an agent could not write to the database because it is damaged.</summary>
    public string Suspect => Path.Combine(Root, "records.suspect");

    /// <summary>See <see cref="OrphanMark"/>.</summary>
    public string Orphans => Path.Combine(Root, "records.orphans");

    /// <summary>A new database, complete, that is to take the place of a damaged one.</summary>
    public string Rebuilt => Path.Combine(Root, "records.db.rebuilt");

    /// <summary>The size of the database with its log; 0 when there is none.</summary>
    public long DatabaseBytes => new[] { Database, Database + "-wal" }.Select(path => new FileInfo(path)).Sum(file => file.Exists ? file.Length : 0);

    public string Outputs => Path.Combine(Root, "output");

    /// <summary>Makes a folder that only its owner may enter; leaves one that exists as it is.</summary>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnersFolder);
        }
    }

    /// <summary>Makes the file of a database before SQLite does, for its owner only: its side files take over the mode.</summary>
    public static void CreateDatabase(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnersFile;
        }

        new FileStream(file, options).Dispose();
    }

    /// <summary>The full path of an output file, whose folder may have to be made.</summary>
    public string OutputPath(string id, OutputKind kind) => Path.Combine(Outputs, OutputName(id, kind));

    /// <summary>The full path of a file for what a step is to be given again, whose folder may have to be made.</summary>
    public string InputPath(string id, int step) => Path.Combine(Outputs, OutputFolder(id), string.Create(CultureInfo.InvariantCulture, $"{id}.input{step}"));

    /// <summary>Makes the folder of an output file.</summary>
    public void CreateOutputFolder(string path)
    {
        CreateFolder(Outputs);   // first, because the mode is only given to the last folder of a path
        CreateFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>The name of an output file relative to <see cref="Outputs"/>: a folder for each day, so that none grows without end.</summary>
    public static string OutputName(string id, OutputKind kind) => Path.Combine(OutputFolder(id), id + (kind == OutputKind.Raw ? ".out" : ".processed"));

    private static string OutputFolder(string id) => UnixNanoseconds.ToTime(ExecutionId.KeyOf(id)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
