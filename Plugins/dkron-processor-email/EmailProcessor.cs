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
        var notice = Notice.Of(context, settings);
        var known = await _memory.ReadAsync(context.Job.Name, notice.Step, cancellationToken);
        var failedBefore = known.FailedBefore(context.Execution);
        var hasBegun = known.HasBegun(context.InvocationId);
        var what = hasBegun ? known.Begun!.Value.What : Occasions.Of(context.Execution, failedBefore);
        if (!hasBegun && !Occasions.Wants(settings.On, what, failedBefore))
        {
            await ChangeToldAsync(notice, told => told.After(context.Execution, what), cancellationToken);
            return ProcessorResult.Unchanged;
        }

        // A recovery that is held back is told by the next success, so it is not missing.
        var isRecovery = what is NoticeEvent.Recovery;
        var sent = await ChangeSentAsync(notice, sent => MailRate.Take(sent, settings, context.InvocationId, !isRecovery, _time.GetUtcNow()), cancellationToken);
        if (settings.RateLimit > 0 && !MailRate.HasPlace(sent, context.InvocationId))
        {
            await ChangeToldAsync(notice, told => isRecovery ? told : told.After(context.Execution, what), cancellationToken);
            return ProcessorResult.Unchanged.WithTag("held_back", string.Create(CultureInfo.InvariantCulture, $"rate_limit is {settings.RateLimit} in {settings.RatePeriod:c}"));
        }

        return await SendAsync(notice, what, sent.HeldBack, cancellationToken);
    }

    private async Task<ProcessorResult> SendAsync(Notice notice, NoticeEvent what, long heldBack, CancellationToken cancellationToken)
    {
        var invocation = notice.Context.InvocationId;
        var result = await TrySendAsync(notice, what, heldBack, cancellationToken);
        if (result.Kind is ProcessorResultKind.Retry)
        {
            // Those who have the mail know, whether or not the repeats reach the others. What nobody has is not told: the repeat decides anew.
            if (_received.HasAny(invocation))
            {
                await ChangeToldAsync(notice, told => told.Begin(invocation, notice.Context.Execution, what), cancellationToken);
            }

            return result;
        }

        // Also when others were refused for good.
        if (_received.HasAny(invocation))
        {
            await ChangeToldAsync(notice, told => told.End(invocation, notice.Context.Execution, what), cancellationToken);
            await ChangeSentAsync(notice, sent => sent with { HeldBack = Math.Max(0, sent.HeldBack - heldBack) }, cancellationToken);
        }

        _received.Forget(invocation);
        return result;
    }

    private async Task<ProcessorResult> TrySendAsync(Notice notice, NoticeEvent what, long heldBack, CancellationToken cancellationToken)
    {
        var (context, settings) = (notice.Context, notice.Settings);
        try
        {
            using var message = await MailBuilder.MakeAsync(context, settings, what, heldBack, _time.GetUtcNow(), cancellationToken);
            return await DeliverAsync(notice, message, cancellationToken);
        }
        finally
        {
            // A mail that nobody has keeps its place from no other, or an outage of the server would hold back what comes after it. Freed also
            // when the call is over: the repeat takes a place anew.
            if (!_received.HasAny(context.InvocationId))
            {
                await ChangeSentAsync(notice, sent => sent.Without(context.InvocationId), CancellationToken.None);
            }
        }
    }

    private async Task<ProcessorResult> DeliverAsync(Notice notice, MimeMessage message, CancellationToken cancellationToken)
    {
        var (context, settings) = (notice.Context, notice.Settings);
        var receivers = _received.Missing(context.InvocationId, settings.Receivers);
        if (receivers.Count == 0)
        {
            // The call before was broken off between the server's word that it has the mail and the result.
            return ProcessorResult.Unchanged.WithTag("message_id", message.MessageId!);
        }

        try
        {
            var delivery = await _delivery.SendAsync(message, settings.Server, settings.From, receivers, cancellationToken);
            _received.Add(context.InvocationId, receivers.Except(delivery.Refused.Select(one => one.Receiver)));
            return delivery.Refused.Count == 0
                ? ProcessorResult.Unchanged.WithTag("message_id", message.MessageId!)
                : DeliveryProblem.OfReceivers(delivery, settings.Receivers.Count, settings.Server);
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

    private Task<NoticeState> ChangeToldAsync(Notice notice, Func<NoticeState, NoticeState> change, CancellationToken cancellationToken) =>
        _memory.ChangeAsync(notice.Context.Job.Name, notice.Step, change, cancellationToken);

    private Task<NoticeState> ChangeSentAsync(Notice notice, Func<NoticeState, NoticeState> change, CancellationToken cancellationToken) =>
        _memory.ChangeAsync(notice.Context.Job.Name, notice.Receivers, change, cancellationToken);

    /// <param name="Context">The call.</param>
    /// <param name="Settings">Its options, read.</param>
    /// <param name="Receivers">Who gets it: the limit is theirs, whichever step sends.</param>
    /// <param name="Step">Which step tells them: what one has told is no matter of another.</param>
    private sealed record Notice(ProcessorContext Context, EmailSettings Settings, string Receivers, string Step)
    {
        public static Notice Of(ProcessorContext context, EmailSettings settings)
        {
            var receivers = string.Join(',', settings.Receivers.Select(one => one.Address.ToUpperInvariant()).Order(StringComparer.Ordinal));
            return new Notice(context, settings, receivers, $"{receivers}\0{NoticeStep.Of(context.Config, EmailOptions.Way)}");
        }
    }
}
