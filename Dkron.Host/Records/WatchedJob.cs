namespace Dkron.Host.Records;

/// <summary>A job of the settings.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Times">Tells at which times it is due: another number when these change. Never <see cref="JobRow.Unwatched"/>.</param>
internal readonly record struct WatchedJob(string Name, long Times);
