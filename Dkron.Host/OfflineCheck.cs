using Dkron.Host.Api;
using Dkron.Host.Cli;
using Dkron.Host.Records;

namespace Dkron.Host;

/// <summary>Checks the records where they lie, whether an agent works with them or not.</summary>
internal static class OfflineCheck
{
    /// <exception cref="ControlException">There are none, or not of this program.</exception>
    public static RecordsCheckDocument Run(SettingsArguments arguments, CancellationToken cancellationToken)
    {
        var paths = new DataPaths(SettingsAccess.SettingsFor(arguments).DataDirectory);
        if (!File.Exists(paths.Database))
        {
            throw new ControlException(ControlError.NotFound, $"there is no database {paths.Database}; the agent makes it when it first starts");
        }

        try
        {
            using var reader = RecordReader.Open(paths.Root);
            var findings = reader.Check(cancellationToken);
            return new RecordsCheckDocument(paths.Database, findings.Count == 0, findings);
        }
        catch (RecordsException e) when (e.InnerException is not null)
        {
            // It is too damaged to be opened, which is what was asked.
            return new RecordsCheckDocument(paths.Database, Whole: false, [e.Message]);
        }
    }
}
