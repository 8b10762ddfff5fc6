using System.Collections;

namespace Dkron.Host.Jobs.Settings;

/// <summary>The members of an object in the order in which they were declared.</summary>
/// <remarks>Most have a handful of members and there may be millions of them, so an index is made only for those with many.</remarks>
internal sealed class SettingObject(SettingShape shape) : IEnumerable<KeyValuePair<string, SettingNode>>
{
    private const int MembersWithoutIndex = 12;
    private readonly List<KeyValuePair<string, SettingNode>> _members = [];
    private Dictionary<string, int>? _index;

    public SettingShape Shape { get; } = shape;

    public int Count => _members.Count;

    public SettingNode? this[string key] => Find(key) is var at and >= 0 ? _members[at].Value : null;

    public bool TryAdd(string key, SettingNode node)
    {
        if (Find(key) >= 0)
        {
            return false;
        }

        _index?.Add(key, _members.Count);
        _members.Add(new(key, node));
        if (_index is null && _members.Count > MembersWithoutIndex)
        {
            _index = new Dictionary<string, int>(Shape.Keys);
            for (var i = 0; i < _members.Count; i++)
            {
                _index.Add(_members[i].Key, i);
            }
        }

        return true;
    }

    /// <summary>Replaces a member where it stands, or adds it last.</summary>
    public void Set(string key, SettingNode node)
    {
        if (!TryAdd(key, node))
        {
            var at = Find(key);
            _members[at] = new(_members[at].Key, node);
        }
    }

    public IEnumerator<KeyValuePair<string, SettingNode>> GetEnumerator() => _members.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Find(string key)
    {
        if (_index is not null)
        {
            return _index.GetValueOrDefault(key, -1);
        }

        for (var i = 0; i < _members.Count; i++)
        {
            if (Shape.Keys.Equals(_members[i].Key, key))
            {
                return i;
            }
        }

        return -1;
    }
}
