using System.Security.Authentication;
using Dkron.Abstractions;
using Dkron.Processors.Notices;

namespace Dkron.Processors.Webhook;

/// <summary>Sends each execution, or only failures and recoveries, to an HTTP server or a chat.</summary>
[Delivery]
public sealed class WebhookProcessor : IExecutionProcessor, IDeclareOptions, ISelfTest
{
    private readonly TimeProvider _time;
    private readonly HttpClients _clients = new();
    private readonly WebhookClient _client;
    private readonly NoticeMemory _memory;

    /// <summary>Makes the processor.</summary>
    /// <param name="log">The host's log.</param>
    /// <param name="time">The clock that waits and signatures go by.</param>
    /// <param name="plugin">What the plugin knows of itself.</param>
    public WebhookProcessor(IPluginLog log, TimeProvider time, PluginInfo plugin)
    {
        _time = time;
        _client = new WebhookClient(_clients, time);
        _memory = new NoticeMemory(plugin, time, log);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ProcessorOption> Options => WebhookOptions.All;

    /// <inheritdoc/>
    public IReadOnlyList<string> Validate(ProcessorConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return WebhookOptions.Validate(config);
    }

    /// <inheritdoc/>
    public ValueTask TestAsync(CancellationToken cancellationToken)
    {
        using var template = JsonTemplate.Parse(JsonTemplate.Default, out var problem);
        return problem is null && !CodeText.Of("````").Contains("``", StringComparison.Ordinal)
            ? default
            : throw new InvalidOperationException("An output could pass out of its place in a message.");
    }

    /// <inheritdoc/>
    /// <remarks>The output always goes on as it was: a notice tells of it, and does not take it away.</remarks>
    public async ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            return await ProcessAsync(context, WebhookSettings.From(context.Config), cancellationToken);
        }
        catch (ProcessorConfigException e)
        {
            // A repeat would find the same settings.
            return ProcessorResult.Fail(e.Message);
        }
    }

    /// <summary>Closes the connections.</summary>
    /// <returns>The end of the work.</returns>
    public ValueTask DisposeAsync()
    {
        _clients.Dispose();
        _memory.Dispose();
        return default;
    }

    private async Task<ProcessorResult> ProcessAsync(ProcessorContext context, WebhookSettings settings, CancellationToken cancellationToken)
    {
        var step = NoticeStep.Of(context.Config, WebhookOptions.Way);
        var told = await _memory.ReadAsync(context.Job.Name, step, cancellationToken);
        var failedBefore = told.FailedBefore(context.Execution);
        var what = Occasions.Of(context.Execution, failedBefore);
        var result = Occasions.Wants(settings.On, what, failedBefore) ? await DeliverAsync(context, settings, what, cancellationToken) : ProcessorResult.Unchanged;
        if (result.Kind is ProcessorResultKind.Unchanged)
        {
            await _memory.ChangeAsync(context.Job.Name, step, state => state.After(context.Execution, what), cancellationToken);
        }

        return result;
    }

    private async Task<ProcessorResult> DeliverAsync(ProcessorContext context, WebhookSettings settings, NoticeEvent what, CancellationToken cancellationToken)
    {
        var body = await WebhookBody.MakeAsync(context, settings, what, cancellationToken);
        using var limit = new CancellationTokenSource(settings.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var request = new WebhookRequest(settings, body, context.InvocationId, _time.GetUtcNow());
            return await _client.SendAsync(request, either.Token) ?? ProcessorResult.Unchanged.WithTag("sent", what.ToString().ToLowerInvariant());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DeliveryProblem.TimedOut(settings);
        }
        catch (CaFileException e)
        {
            return ProcessorResult.Fail(e.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or AuthenticationException)
        {
            return DeliveryProblem.Of(e, settings);
        }
    }
}
