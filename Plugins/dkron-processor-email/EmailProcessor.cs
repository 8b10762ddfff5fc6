using System.Globalization;
using Dkron.Abstractions;
using Dkron.Processors.Notices;
using MimeKit;

namespace Dkron.Processors.Email;

/// <summary>Mails those who answer for a job when it fails and when it works again.</summary>
[Delivery]
public sealed class EmailProcessor : IExecutionProcessor, IDeclareOptions, ISelfTest
{
    private readonly TimeProvider _time;
    private readonly MailDelivery _delivery;
    private readonly NoticeMemory _memory;
    private readonly ReceivedParts _received = new();

    /// <summary>Makes the processor.</summary>
    /// <param name="log">The host's log.</param>
    /// <param name="time">The clock that mails are dated and limits are counted by.</param>
    /// <param name="plugin">What the plugin knows of itself.</param>
    public EmailProcessor(IPluginLog log, TimeProvider time, PluginInfo plugin)
    {
        _time = time;
        _delivery = new MailDelivery(time);
        _memory = new NoticeMemory(plugin, time, log);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ProcessorOption> Options => EmailOptions.All;

    /// <inheritdoc/>
    public IReadOnlyList<string> Validate(ProcessorConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return EmailOptions.Validate(config);
    }

    /// <inheritdoc/>
    public ValueTask TestAsync(CancellationToken cancellationToken) =>
        MailText.Header("a\r\nBcc: b@example.com") == "a Bcc: b@example.com" && Addresses.Parse("A <a@example.com>, b@example.com", out _).Count == 2
            ? default
            : throw new InvalidOperationException("A line break could pass into a header.");

    /// <inheritdoc/>
    /// <remarks>The output always goes on as it was: a mail tells of it, and does not take it away.</remarks>
    public async ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            return await ProcessAsync(context, EmailSettings.Read(context.Config, context.Job), cancellationToken);
        }
        catch (ProcessorConfigException e)
        {
            // A repeat would find the same settings.
            return ProcessorResult.Fail(e.Message);
        }
    }

    /// <summary>Frees what is held.</summary>
    /// <returns>The end of the work.</returns>
    public ValueTask DisposeAsync()
    {
        _delivery.Dispose();
        _memory.Dispose();
        return default;
    }

    private async Task<ProcessorResult> ProcessAsync(ProcessorContext context, EmailSettings settings, CancellationToken cancellationToken)
    {
        var notice = new Notice(context, settings, string.Join(',', settings.Receivers.Select(one => one.Address).Order(StringComparer.OrdinalIgnoreCase)));
        var state = await _memory.ReadAsync(context.Job.Name, notice.Key, cancellationToken);
        var failedBefore = state.FailedBefore(context.Execution);
        var what = Occasions.Of(context.Execution, failedBefore);
        if (!Occasions.Wants(settings.On, what, failedBefore))
        {
            await ChangeAsync(notice, told => told.After(what), cancellationToken);
            return ProcessorResult.Unchanged;
        }

        // A recovery that is held back is told by the next success, so it is not missing.
        var isRecovery = what is NoticeEvent.Recovery;
        state = await ChangeAsync(notice, told => MailRate.Take(told, settings, context.InvocationId, !isRecovery, _time.GetUtcNow()), cancellationToken);
        if (settings.RateLimit > 0 && !MailRate.HasPlace(state, context.InvocationId))
        {
            await ChangeAsync(notice, told => isRecovery ? told : told.After(what), cancellationToken);
            return ProcessorResult.Unchanged.WithTag("held_back", string.Create(CultureInfo.InvariantCulture, $"rate_limit is {settings.RateLimit} in {settings.RatePeriod:c}"));
        }

        return await SendAsync(notice, what, state.HeldBack, cancellationToken);
    }

    private async Task<ProcessorResult> SendAsync(Notice notice, NoticeEvent what, long heldBack, CancellationToken cancellationToken)
    {
        var (context, settings, _) = notice;
        using var message = await MailBuilder.MakeAsync(context, settings, what, heldBack, _time.GetUtcNow(), cancellationToken);
        var result = await DeliverAsync(notice, message, cancellationToken);
        if (result.Kind is not ProcessorResultKind.Retry)
        {
            _received.Forget(context.InvocationId);
        }

        if (result.Kind is ProcessorResultKind.Unchanged)
        {
            await ChangeAsync(notice, told => told.After(what) with { HeldBack = Math.Max(0, told.HeldBack - heldBack) }, cancellationToken);
        }
        else if (result.Kind is ProcessorResultKind.Fail)
        {
            await ChangeAsync(notice, told => told.Without(context.InvocationId), cancellationToken);
        }

        return result;
    }

    private async Task<ProcessorResult> DeliverAsync(Notice notice, MimeMessage message, CancellationToken cancellationToken)
    {
        var (context, settings, _) = notice;
        var receivers = _received.Missing(context.InvocationId, settings.Receivers);
        try
        {
            var delivery = await _delivery.SendAsync(message, settings.Server, settings.From, receivers, cancellationToken);
            if (delivery.Refused.Count == 0)
            {
                return ProcessorResult.Unchanged.WithTag("message_id", message.MessageId!);
            }

            _received.Add(context.InvocationId, receivers.Except(delivery.Refused.Select(one => one.Receiver)));
            return DeliveryProblem.OfReceivers(delivery, settings.Receivers.Count, settings.Server);
        }
        catch (CaFileException e)
        {
            return ProcessorResult.Fail(e.Message);
        }
        catch (MailException e)
        {
            return DeliveryProblem.Of(e, settings.Server);
        }
    }

    private Task<NoticeState> ChangeAsync(Notice notice, Func<NoticeState, NoticeState> change, CancellationToken cancellationToken) =>
        _memory.ChangeAsync(notice.Context.Job.Name, notice.Key, change, cancellationToken);

    private sealed record Notice(ProcessorContext Context, EmailSettings Settings, string Key);
}
