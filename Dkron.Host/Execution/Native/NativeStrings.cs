using System.Runtime.InteropServices;
using System.Text;

namespace Dkron.Host.Execution.Native;

/// <summary>A null-ended array of null-ended UTF-8 strings in one piece of unmanaged memory, as argv and environ are.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private byte* _block;

    public NativeStrings(IReadOnlyList<string> strings)
    {
        var bytes = (nuint)((strings.Count + 1) * sizeof(byte*));
        for (var i = 0; i < strings.Count; i++)
        {
            bytes += (nuint)Encoding.UTF8.GetByteCount(strings[i]) + 1;
        }

        _block = (byte*)NativeMemory.Alloc(bytes);
        var next = _block + ((strings.Count + 1) * sizeof(byte*));
        var end = _block + bytes;
        for (var i = 0; i < strings.Count; i++)
        {
            Pointers[i] = next;
            next += Encoding.UTF8.GetBytes(strings[i], new Span<byte>(next, (int)(end - next)));
            *next++ = 0;
        }

        Pointers[strings.Count] = null;
    }

    public byte** Pointers => (byte**)_block;

    public void Dispose()
    {
        NativeMemory.Free(_block);
        _block = null;
    }
}
