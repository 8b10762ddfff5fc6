using System.Runtime.CompilerServices;

// The host makes contexts and outputs that lie in files, and reads durations and sizes in settings as plugins do.
[assembly: InternalsVisibleTo("dkron")]
[assembly: InternalsVisibleTo("Dkron.Host.Tests")]
[assembly: InternalsVisibleTo("Dkron.Plugins.Tests")]
[assembly: InternalsVisibleTo("Dkron.Benchmarks")]
