using System.Runtime.CompilerServices;
using Dkron.Host.Api;
using Dkron.Host.Records;

namespace Dkron.Host.Cli;

/// <summary>Reads more executions than fit on one page.</summary>
internal static class ExecutionPages
{
    private const int PageSize = 500;

    public static async IAsyncEnumerable<ExecutionDocument> ReadAsync(IControl control, ExecutionQuery query, long outputSizeLimit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var (left, last) = (query.Limit, query.OlderThanId); left > 0;)
        {
            var size = Math.Min(left, PageSize);
            var page = await control.ExecutionsAsync(new ExecutionsRequest { Query = query with { Limit = size, OlderThanId = last }, OutputSizeLimit = outputSizeLimit }, cancellationToken);
            foreach (var execution in page)
            {
                yield return execution;
            }

            if (page.Count < size)
            {
                yield break;
            }

            left -= page.Count;
            last = page[^1].Id;
        }
    }
}
