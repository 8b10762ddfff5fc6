using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dkron.Host.Jobs;

namespace Dkron.Host.Scheduling;

/// <summary>A number for the times at which a job is due by itself: it changes with them, and stays the same over restarts.</summary>
internal static class WatchMark
{
    public static long Of(Job job)
    {
        var text = DueTable.FiresByItself(job)
            ? string.Create(CultureInfo.InvariantCulture, $"{job.Schedule!.Text}\n{job.TimeZone}\n{job.StartsAt?.UtcTicks}\n{job.ExpiresAt?.UtcTicks}")
            : "";
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        return BinaryPrimitives.ReadInt64LittleEndian(digest) | 1;   // never 0, which stands for none
    }
}
