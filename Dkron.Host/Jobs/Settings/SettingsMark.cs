namespace Dkron.Host.Jobs.Settings;

/// <summary>Tells what the settings files hold now from what they held before.</summary>
internal sealed class SettingsMark(SettingsReader reader)
{
    private readonly Lock _reading = new();
    private readonly SettingsStamp _stamp = new();
    private string _mark = "";

    public string Read()
    {
        lock (_reading)
        {
            if (_stamp.MayHaveChanged(reader.Files))
            {
                var content = reader.ReadContent();
                _stamp.Note(content);
                _mark = content.Mark;
            }

            return _mark;
        }
    }
}
