namespace Dkron.Host.Execution;

/// <summary>Names a process beyond doubt, also after its id has been given to another.</summary>
/// <param name="ProcessId">The process id, which is also the id of its group and session.</param>
/// <param name="StartTicks">Field 22 of /proc/PID/stat: clock ticks after boot at which it started.</param>
/// <param name="BootId">/proc/sys/kernel/random/boot_id.</param>
internal sealed record ProcessIdentity(int ProcessId, long StartTicks, string BootId);
