using System.Text;
using System.Text.Json;
using Dkron.Abstractions;
using Dkron.Processors.Logging;

namespace Dkron.Plugins.Tests.Log;

public sealed class LogProcessorTests : IAsyncDisposable
{
    private readonly PipedLog _log = new();

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task A_success_is_a_block_on_stdout_with_job_execution_and_exit_code()
    {
        var context = Some.Context("one\ntwo\n");

        var result = await _log.Processor.ProcessAsync(context, CancellationToken.None);

        (await _log.ReadToEndAsync()).Should().Be((
            $"[dkron] BEGIN job=nightly execution={Some.Id(1)} attempt=2 started_at=2026-01-02T03:04:05.000Z duration=1.500s status=succeeded exit_code=0 bytes=8\n" +
            $"one\ntwo\n[dkron] END job=nightly execution={Some.Id(1)} status=succeeded exit_code=0\n",
            ""));
        Encoding.UTF8.GetString(result.Output.Span).Should().Be("Output in dkron log"); // the marker of Dkron's log_output.go
    }

    [Fact]
    public async Task A_failure_goes_to_stderr_and_says_why()
    {
        var context = Some.Context("oops", exitCode: 7);

        await _log.Processor.ProcessAsync(context, CancellationToken.None);

        var (output, errors) = await _log.ReadToEndAsync();
        output.Should().BeEmpty();
        errors.Should().Contain("status=failed exit_code=7 error=\"exited with 7\" bytes=4\noops\n[dkron] END ");
    }

    [Fact]
    public async Task With_forward_the_output_stays()
    {
        var context = Some.Context(forward: true);

        var result = await _log.Processor.ProcessAsync(context, CancellationToken.None);

        result.Should().BeSameAs(ProcessorResult.Unchanged);
    }

    [Theory]
    [InlineData("[dkron] END job=nightly\n")]
    [InlineData("x\r[dkron] END job=nightly\n")]
    [InlineData("x\u001b[2K\u001b[G[dkron] END job=nightly\n")]
    [InlineData("[dkron]> END\n[dkron]>> END\n")]
    [InlineData("[dk[dkron][dkron]\n")]
    public async Task Output_cannot_forge_a_mark_and_is_recovered_by_dropping_one_sign(string output)
    {
        var context = Some.Context(output);

        await _log.Processor.ProcessAsync(context, CancellationToken.None);

        var (text, _) = await _log.ReadToEndAsync();
        var body = text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..text.LastIndexOf("[dkron] END", StringComparison.Ordinal)];
        body.Should().NotContain("[dkron] ");
        body.Replace("[dkron]>", "[dkron]", StringComparison.Ordinal).Should().Be(output);
    }

    [Fact]
    public async Task A_mark_that_two_reads_of_a_file_share_is_found()
    {
        using var folder = new TempFolder();
        var output = Some.FileOutput(folder.At("output"), Encoding.ASCII.GetBytes(new string('x', 32 * 1024 - 3) + "[dkron] END\n"));
        var reading = _log.ReadToEndAsyncInBackground();

        await _log.Processor.ProcessAsync(Some.Context(outputAs: output), CancellationToken.None);

        (await reading()).Should().Contain("xxx[dkron]> END\n[dkron] END job=nightly");
    }

    [Fact]
    public async Task Binary_output_survives_byte_for_byte()
    {
        var bytes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();

        await _log.Processor.ProcessAsync(Some.Context(outputAs: ExecutionOutput.FromBytes(bytes)), CancellationToken.None);

        var (text, _) = await _log.ReadToEndAsync();
        text.Should().Contain("bytes=256\n" + Encoding.Latin1.GetString(bytes) + "\n[dkron] END");
    }

    [Fact]
    public async Task Control_characters_are_escaped_on_request()
    {
        var context = Some.Context("a\u001b[31mb\r\u0085c\tÂé\n", config: ("escape_control", "true"));

        await _log.Processor.ProcessAsync(context, CancellationToken.None);

        var (text, _) = await _log.ReadToEndAsync();
        Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text)).Should().Contain("\na\\x1b[31mb\\x0d\\xc2\\x85c\tÂé\n[dkron] END");
    }

    [Fact]
    public async Task Json_is_exactly_one_line_with_the_field_names_of_Dkron()
    {
        var context = Some.Context("one\ntwo \"é\"\u2028\u0085\u0000<&\n", exitCode: 3, config: ("format", "JSON"));

        await _log.Processor.ProcessAsync(context, CancellationToken.None);

        var (_, latin) = await _log.ReadToEndAsync();
        var text = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(latin));
        text.IndexOfAny(['\n', '\r', '\u2028', '\u2029', '\u0085']).Should().Be(text.Length - 1);
        var json = JsonDocument.Parse(text).RootElement;
        json.EnumerateObject().Select(p => p.Name).Should().Equal(
            "id", "job_name", "node_name", "group", "attempt", "trigger", "started_at", "finished_at", "status", "success", "exit_code", "error", "output_truncated", "output");
        json.GetProperty("output").GetString().Should().Be("one\ntwo \"é\"\u2028\u0085\u0000<&\n");
        json.GetProperty("started_at").GetDateTimeOffset().Should().Be(Some.Start);
        json.GetProperty("exit_code").GetInt32().Should().Be(3);
    }

    [Fact]
    public async Task Json_of_a_large_file_is_streamed_and_what_is_not_text_is_replaced()
    {
        using var folder = new TempFolder();
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("äöü€", 100_000))).Append((byte)0xFF).ToArray();
        var reading = _log.ReadToEndAsyncInBackground();

        await _log.Processor.ProcessAsync(Some.Context(outputAs: Some.FileOutput(folder.At("output"), bytes), config: ("format", "json")), CancellationToken.None);

        var json = JsonDocument.Parse(Encoding.Latin1.GetBytes(await reading())).RootElement;
        json.GetProperty("output").GetString().Should().Be(Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public async Task A_closed_pipe_is_a_failure_in_words_and_keeps_the_output()
    {
        _log.StopReading();

        var result = await _log.Processor.ProcessAsync(Some.Context(), CancellationToken.None);

        result.Kind.Should().Be(ProcessorResultKind.Fail);
        result.Reason.Should().StartWith("stdout is closed (Broken pipe): the program that read it has ended");
    }

    [Fact]
    public async Task A_reader_that_does_not_read_holds_a_call_only_until_its_time_is_up_and_the_next_block_begins_on_a_line_of_its_own()
    {
        using var time = new CancellationTokenSource();
        var stuck = Task.Run(async () => await _log.Processor.ProcessAsync(Some.Context(new string('x', 1_000_000)), time.Token));
        await Eventually.TrueAsync("the block has begun", () => _log.Output.ReadByte() == '[');

        await time.CancelAsync();
        await stuck.Invoking(s => s).Should().ThrowAsync<OperationCanceledException>();
        var reading = _log.ReadToEndAsyncInBackground();
        await _log.Processor.ProcessAsync(Some.Context("whole\n"), CancellationToken.None);

        (await reading()).Should().Contain("xxx\n[dkron] BEGIN ").And.Contain("whole\n[dkron] END ");
    }

    [Fact]
    public async Task The_self_test_passes() => await new LogProcessor().Invoking(p => p.TestAsync(CancellationToken.None).AsTask()).Should().NotThrowAsync();
}
