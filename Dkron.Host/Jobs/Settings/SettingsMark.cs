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
            return _mark = _stamp.MayHaveChanged(reader.Files) ? reader.ReadContent().Mark : _mark;
        }
    }
}
