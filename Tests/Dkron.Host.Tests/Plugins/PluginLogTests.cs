using Dkron.Abstractions;
using Dkron.Host.Plugins;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Tests.Plugins;

public sealed class PluginLogTests : IDisposable
{
    private readonly CollectingLog _sink = new();

    public void Dispose() => _sink.Dispose();

    [Fact]
    public void An_entry_of_a_call_names_job_and_execution()
    {
        var log = new PluginLog(_sink, "files", "1.2.0", 3).ForCall("nightly", "17-web");

        log.Write(PluginLogLevel.Error, "disk {full}");

        var (level, message, properties) = _sink.Entries.Should().ContainSingle().Subject;
        level.Should().Be(LogLevel.Error);
        message.Should().Be("files 1.2.0 #3 for nightly 17-web: disk {full}");
        properties.Should().Contain("Job", "nightly").And.Contain("Execution", "17-web").And.Contain("Text", "disk {full}");
    }

    [Fact]
    public void A_level_that_is_left_out_is_not_written()
    {
        _sink.Minimum = LogLevel.Warning;
        var log = new PluginLog(_sink, "files", "1.2.0", 3);

        log.Write(PluginLogLevel.Information, "quiet");

        log.IsEnabled(PluginLogLevel.Information).Should().BeFalse();
        log.IsEnabled(PluginLogLevel.Warning).Should().BeTrue();
        _sink.Entries.Should().BeEmpty();
    }

    [Fact]
    public void Nothing_that_a_plugin_passes_makes_it_throw()
    {
        var log = new PluginLog(_sink, "files", "1.2.0", 3);

        log.Write((PluginLogLevel)77, null!, new NastyException());
        log.Write(PluginLogLevel.Debug, new string('x', 1_000_000));

        _sink.Entries.Should().HaveCount(2);
        _sink.Entries.Should().OnlyContain(entry => entry.Message.Length < 70_000);
        _sink.Entries.First().Message.Should().Contain(nameof(NastyException));
    }

    private sealed class NastyException : Exception
    {
        public override string Message => throw new InvalidOperationException();
    }
}
