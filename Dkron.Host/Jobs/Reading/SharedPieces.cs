using System.Globalization;
using System.Text;
using Dkron.Host.Jobs.Settings;

namespace Dkron.Host.Jobs.Reading;

/// <summary>Lets equal pieces of settings become one object: a hundred thousand jobs mostly say the same few things.</summary>
internal sealed class SharedPieces<T>
    where T : class
{
    private readonly Dictionary<string, T> _pieces = new(StringComparer.Ordinal);
    private readonly StringBuilder _text = new();

    /// <param name="node">What is written.</param>
    /// <param name="read">Makes the piece, and says whether it was good: what was not is told again for the next job.</param>
    public T Get(SettingNode node, Func<(T Piece, bool IsGood)> read)
    {
        _text.Clear();
        Append(node);
        var text = _text.ToString();
        if (_pieces.TryGetValue(text, out var known))
        {
            return known;
        }

        var (piece, isGood) = read();
        if (isGood)
        {
            _pieces.Add(text, piece);
        }

        return piece;
    }

    private void Append(SettingNode node)
    {
        _text.Append((char)('a' + (int)node.Kind));
        switch (node.Kind)
        {
            case SettingKind.Object:
                _text.Append(node.Members.Count).Append(':');
                foreach (var (key, member) in node.Members)
                {
                    Append(key);
                    Append(member);
                }

                break;
            case SettingKind.Array:
                _text.Append(node.Items.Count).Append(':');
                node.Items.ForEach(Append);
                break;
            case SettingKind.Null:
                break;
            default:
                Append(node.Text);
                break;
        }
    }

    private void Append(string text) => _text.Append(CultureInfo.InvariantCulture, $"{text.Length}:").Append(text);
}
