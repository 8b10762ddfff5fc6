using System.Runtime.Versioning;

// Pipes, permissions, mounts and rsyslogd: the product's platform.
[assembly: SupportedOSPlatform("linux")]
