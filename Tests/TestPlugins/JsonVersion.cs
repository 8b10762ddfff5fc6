using Dkron.Abstractions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Dkron.TestPlugins;

/// <summary>Says which Newtonsoft.Json it sees, after having used it.</summary>
public sealed class JsonVersion : IExecutionProcessor
{
    public ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var token = JToken.Parse("""{ "a": [1, 2] }""");
        return new(ProcessorResult.WithOutput($"{typeof(JsonConvert).Assembly.GetName().Version} {token["a"]![1]}"));
    }
}
