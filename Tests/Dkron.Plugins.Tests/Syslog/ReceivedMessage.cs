namespace Dkron.Plugins.Tests.Syslog;

/// <summary>One message as rsyslogd understood it.</summary>
internal sealed record ReceivedMessage(string Facility, string Severity, string HostName, string AppName, string MessageId, string StructuredData, string Text);
