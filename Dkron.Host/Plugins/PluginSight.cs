namespace Dkron.Host.Plugins;

/// <summary>What was seen of one plugin's folder, and since when it stays so.</summary>
internal sealed class PluginSight(PluginSource source)
{
    private readonly List<(string Path, FileIdentity? Identity)> _identities = [];
    private List<PluginFile> _files = [];
    private string? _problem;
    private IReadOnlyList<PluginFile>? _handledFiles;
    private string? _handledProblem;
    private volatile bool _isStale;

    public PluginSource Source { get; set; } = source;

    /// <summary>When what was seen was handed on last.</summary>
    public long HandedOnAt { get; set; }

    /// <summary>How often it was handed on again though nothing had changed.</summary>
    public int Repeats { get; set; }

    /// <summary>When something changed last.</summary>
    public long ChangedAt { get; private set; }

    /// <summary>Since when it has not been quiet; null when it is, or has been handled.</summary>
    public long? UnquietSince { get; set; }

    public bool IsUnquietTold { get; set; }

    public bool IsDrainTold { get; set; }

    /// <summary>When its folder went away; null while it is there.</summary>
    public long? GoneAt { get; set; }

    public bool IsGoneTold { get; set; }

    /// <summary>Whether its content was found to be another, though nothing else shows it. Set from any thread.</summary>
    public bool IsStale
    {
        get => _isStale;
        set => _isStale = value;
    }

    /// <summary>Whether somebody asked for it to be looked at.</summary>
    public bool IsAsked { get; set; }

    /// <summary>Whether somebody asked for it by its name: that ends a going back, which what is asked for all does not.</summary>
    public bool IsNamed { get; set; }

    /// <summary>What is being done with it.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    /// <summary>Those who wait until it is handled.</summary>
    public List<TaskCompletionSource> Waiters { get; } = [];

    /// <summary>Whether what was seen last was handed on.</summary>
    public bool IsHandled => !IsAsked && !_isStale && _handledFiles is not null && _handledProblem == _problem && _handledFiles.SequenceEqual(_files);

    /// <summary>Notes that there was a sign of a change.</summary>
    public void Touch(long now)
    {
        ChangedAt = now;
        UnquietSince ??= now;
    }

    /// <summary>Notes that what was seen last is handed on.</summary>
    public void Handle()
    {
        (_handledFiles, _handledProblem) = (_files, _problem);
        (IsAsked, IsNamed, IsUnquietTold, IsDrainTold, UnquietSince) = (false, false, false, false, null);
        _isStale = false;
    }

    /// <summary>Notes that these files were handed on.</summary>
    public void Handle(IReadOnlyList<PluginFile> files) => (_handledFiles, _handledProblem) = (files, null);

    /// <summary>Has it handed on again, though nothing is seen to have changed.</summary>
    public void Forget() => _handledFiles = null;

    /// <summary>A cheap look: whether any file or folder is not what it was.</summary>
    public bool HasMoved()
    {
        try
        {
            return _problem is not null || _identities.Count == 0 || _identities.Exists(one => FileIdentity.Of(one.Path) != one.Identity);
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>A full look.</summary>
    /// <returns>Whether it is not what it was.</returns>
    public bool Look()
    {
        var (files, problem) = (new List<PluginFile>(), (string?)null);
        var folders = new List<string>();
        try
        {
            files = PluginTree.List(Source, folders);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PluginRefusedException)
        {
            problem = e.Message;
        }

        _identities.Clear();
        if (problem is null)
        {
            Remember(files, folders);
        }

        var isChanged = problem != _problem || !files.SequenceEqual(_files);
        (_files, _problem) = (files, problem);
        if (isChanged)
        {
            Repeats = 0;
        }

        return isChanged;
    }

    // By the paths as they are named, not as they are resolved: a link that is led elsewhere shows another file.
    private void Remember(List<PluginFile> files, List<string> folders)
    {
        try
        {
            foreach (var path in folders.Select(folder => Path.Combine(Source.Folder, folder)).Concat(files.Select(file => Path.Combine(Source.Folder, file.RelativePath))))
            {
                _identities.Add((path, FileIdentity.Of(path)));
            }
        }
        catch (IOException)
        {
            _identities.Clear();
        }
    }
}
