using System.Runtime.InteropServices;

namespace Dkron.Processors.Logging;

/// <summary>A write to stdout or stderr failed. The message is the system's text for the error.</summary>
#pragma warning disable CA1064 // The processor turns it into a result: it never leaves this assembly.
internal sealed class DescriptorException(int error) : Exception(Marshal.GetPInvokeErrorMessage(error))
#pragma warning restore CA1064
{
    /// <summary>EPIPE: whoever read the pipe is gone.</summary>
    public bool ReaderIsGone => error == 32;
}
