using System.Globalization;
using Dkron.Host.Records;

namespace Dkron.Chaos;

/// <summary>One line of the processor <c>witness</c>: one call.</summary>
internal sealed record Delivery(int Life, string Step, string InvocationId, int Try, bool HasWorked, string ExecutionId, long Key, string Text)
{
    public static Delivery Parse(string line)
    {
        var parts = line.Split(' ', 7);
        return new Delivery(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], parts[2], int.Parse(parts[3], CultureInfo.InvariantCulture), parts[4] == "worked", parts[5], Host.Records.ExecutionId.KeyOf(parts[5]), parts.Length > 6 ? parts[6] : "");
    }
}
