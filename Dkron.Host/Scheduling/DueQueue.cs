using System.Runtime.InteropServices;

namespace Dkron.Host.Scheduling;

/// <summary>Numbers ("slots") in order of the moments they wait for; equal moments in order of arrival. Not thread-safe.</summary>
/// <remarks>
/// Jobs are due on whole seconds, so many wait for the same moment. Slots of one moment form a linked list, and a four-ary heap
/// orders the moments: a slot comes and goes at a cost that does not depend on how many others there are, and only the first and
/// the last of a moment touch the heap, whose size is the number of different moments.
/// </remarks>
internal sealed class DueQueue
{
    public const long NotQueued = long.MaxValue;
    private const int None = -1;
    private const int Arity = 4;

    private readonly Dictionary<long, int> _momentOf = [];
    private readonly Stack<int> _freeMoments = [];
    private Link[] _links = [];
    private Moment[] _moments = [];
    private int[] _heap = [];
    private int _heapCount;
    private int _momentCount;
    private int _recent = None;

    /// <summary>The first moment that anything waits for.</summary>
    public long FirstMoment => _heapCount == 0 ? NotQueued : _moments[_heap[0]].Ticks;

    /// <summary>The slot that is first of all; only valid when there is one.</summary>
    public int First => _moments[_heap[0]].First;

    public void EnsureSlots(int count)
    {
        var before = _links.Length;
        if (count > before)
        {
            Array.Resize(ref _links, count);
            Array.Fill(_links, new Link { Moment = None }, before, count - before);
        }
    }

    /// <summary>The moment that a slot waits for.</summary>
    public long MomentOf(int slot) => _links[slot].Moment == None ? NotQueued : _moments[_links[slot].Moment].Ticks;

    /// <summary>Lets a slot that is not queued wait for a moment.</summary>
    public void Add(int slot, long ticks)
    {
        var id = FindOrAddMoment(ticks);
        ref var moment = ref _moments[id];
        ref var link = ref _links[slot];
        link = new Link { Moment = id, Previous = moment.Last, Next = None };
        if (moment.Last == None)
        {
            moment.First = slot;
        }
        else
        {
            _links[moment.Last].Next = slot;
        }

        moment.Last = slot;
    }

    /// <summary>Takes a slot out, wherever it stands; nothing happens when it is not queued.</summary>
    public void Remove(int slot)
    {
        ref var link = ref _links[slot];
        if (link.Moment == None)
        {
            return;
        }

        ref var moment = ref _moments[link.Moment];
        if (link.Previous == None) { moment.First = link.Next; } else { _links[link.Previous].Next = link.Next; }
        if (link.Next == None) { moment.Last = link.Previous; } else { _links[link.Next].Previous = link.Previous; }
        if (moment.First == None)
        {
            RemoveMoment(link.Moment);
        }

        link.Moment = None;
    }

    private int FindOrAddMoment(long ticks)
    {
        // Jobs that were due together are mostly due together again.
        if (_recent != None && _moments[_recent].Ticks == ticks)
        {
            return _recent;
        }

        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_momentOf, ticks, out var known);
        if (!known)
        {
            id = _freeMoments.TryPop(out var free) ? free : _momentCount++;
            if (id == _moments.Length)
            {
                Array.Resize(ref _moments, Math.Max(16, 2 * id));
            }

            if (_heapCount == _heap.Length)
            {
                Array.Resize(ref _heap, Math.Max(16, 2 * _heapCount));
            }

            _moments[id] = new Moment { Ticks = ticks, First = None, Last = None };
            MoveUp(_heapCount++, id);
        }

        return _recent = id;
    }

    private void RemoveMoment(int id)
    {
        _momentOf.Remove(_moments[id].Ticks);
        _freeMoments.Push(id);
        _recent = _recent == id ? None : _recent;
        var place = _moments[id].Place;
        var last = _heap[--_heapCount];
        if (last != id)
        {
            if (place > 0 && _moments[last].Ticks < _moments[_heap[(place - 1) / Arity]].Ticks) { MoveUp(place, last); } else { MoveDown(place, last); }
        }
    }

    private void MoveUp(int place, int id)
    {
        while (place > 0)
        {
            var parent = (place - 1) / Arity;
            if (_moments[_heap[parent]].Ticks <= _moments[id].Ticks)
            {
                break;
            }

            Put(place, _heap[parent]);
            place = parent;
        }

        Put(place, id);
    }

    private void MoveDown(int place, int id)
    {
        while (true)
        {
            var first = (place * Arity) + 1;
            var least = id;
            var leastPlace = place;
            for (var child = first; child < Math.Min(first + Arity, _heapCount); child++)
            {
                if (_moments[_heap[child]].Ticks < _moments[least].Ticks)
                {
                    (least, leastPlace) = (_heap[child], child);
                }
            }

            Put(place, least);
            if (leastPlace == place)
            {
                return;
            }

            place = leastPlace;
        }
    }

    private void Put(int place, int id)
    {
        _heap[place] = id;
        _moments[id].Place = place;
    }

    private struct Link
    {
        public int Next;
        public int Previous;
        public int Moment;
    }

    private struct Moment
    {
        public long Ticks;
        public int First;
        public int Last;
        public int Place;
    }
}
