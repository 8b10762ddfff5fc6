using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Dkron.Host.Execution.Native;

/// <summary>One thread that waits for the pipes and the ends of all running commands.</summary>
/// <remarks>
/// Every watch is for one event: its source asks for the next one when it has dealt with this one. Watches are told apart by
/// numbers that are never given twice, so that a late event of a closed descriptor finds nobody. A descriptor leaves the
/// loop before it is closed: a sibling between fork and exec may hold a copy, which would keep the watch alive.
/// </remarks>
internal sealed unsafe class EventLoop : IDisposable
{
    private const int EventsPerWait = 64;
    private const int BufferBytes = 64 * 1024;

    /// <summary>struct epoll_event is packed on x64 and not on arm64: epoll_ctl(2), linux/eventpoll.h.</summary>
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventBytes - sizeof(long);

    private readonly ConcurrentDictionary<long, IEventSource> _sources = new();
    private readonly int _epoll;
    private readonly int _wake;
    private readonly Thread _thread;
    private long _lastId;
    private volatile bool _ended;

    public EventLoop()
    {
        ReserveStandardDescriptors();
        _epoll = Checked(LibC.CreateEpoll(LibC.CloseOnExec), "epoll_create1");
        _wake = Checked(LibC.CreateEvent(0, LibC.CloseOnExec | LibC.NonBlocking), "eventfd");
        Checked(Control(LibC.EpollAdd, _wake, 0, LibC.EpollIn), "epoll_ctl");
        _thread = new Thread(Run) { IsBackground = true, Name = "dkron commands" };
        _thread.Start();
    }

    /// <summary>Watches a descriptor; 0 and the error number when the system refuses.</summary>
    public long Add(int descriptor, uint events, IEventSource source, out int error)
    {
        var id = Interlocked.Increment(ref _lastId);
        _sources[id] = source;
        error = 0;
        if (Control(LibC.EpollAdd, descriptor, id, events | LibC.EpollOneShot) == 0)
        {
            return id;
        }

        error = Errno.Last;
        _sources.TryRemove(id, out _);
        return 0;
    }

    public void Rearm(int descriptor, long id, uint events) => Control(LibC.EpollModify, descriptor, id, events | LibC.EpollOneShot);

    public void Remove(int descriptor, long id)
    {
        if (_sources.TryRemove(id, out _))
        {
            Control(LibC.EpollRemove, descriptor, id, 0);
        }
    }

    public void Dispose()
    {
        _ended = true;
        var one = 1L;
        LibC.Write(_wake, (byte*)&one, sizeof(long));
        _thread.Join();
        LibC.Close(_wake);
        LibC.Close(_epoll);
    }

    private void Run()
    {
        var buffer = new byte[BufferBytes];
        var events = stackalloc byte[EventsPerWait * EventBytes];
        while (!_ended)
        {
            var count = LibC.WaitEpoll(_epoll, events, EventsPerWait, -1);
            for (var i = 0; i < count; i++)
            {
                var id = BinaryPrimitives.ReadInt64LittleEndian(new ReadOnlySpan<byte>(events + (i * EventBytes) + DataOffset, sizeof(long)));
                if (_sources.TryGetValue(id, out var source))
                {
                    source.OnReady(buffer);
                }
            }
        }
    }

    private int Control(int operation, int descriptor, long id, uint events)
    {
        var data = stackalloc byte[EventBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(data, sizeof(uint)), events);
        BinaryPrimitives.WriteInt64LittleEndian(new Span<byte>(data + DataOffset, sizeof(long)), id);
        return LibC.ControlEpoll(_epoll, operation, descriptor, data);
    }

    /// <summary>A host started with 0, 1 or 2 closed would get them for its pipes, and a child's set-up would overwrite them.</summary>
    private static void ReserveStandardDescriptors()
    {
        int descriptor;
        do
        {
            descriptor = Checked(LibC.Open("/dev/null", LibC.ReadWrite | LibC.CloseOnExec), "open /dev/null");
        }
        while (descriptor <= 2);
        LibC.Close(descriptor);
    }

    private static int Checked(int result, string call) =>
        result >= 0 ? result : throw new Win32Exception(Errno.Last, $"Commands cannot be run: {call} failed: {Errno.Describe(Errno.Last)}");
}
