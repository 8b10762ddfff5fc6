using Dkron.Host.Scheduling;

namespace Dkron.Host.Tests.Scheduling;

public sealed class DueQueueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(1_000_000)]
    public void Whatever_comes_and_goes_the_first_is_the_one_that_waits_for_the_earliest_moment_and_longest(int moments)
    {
        const int Slots = 2_000;
        var random = new Random(moments);
        var queue = new DueQueue();
        queue.EnsureSlots(Slots);
        var model = new SortedSet<(long Ticks, int Arrival, int Slot)>();
        var entries = new (long Ticks, int Arrival, int Slot)?[Slots];

        for (var step = 0; step < 100_000; step++)
        {
            var slot = random.Next(3) == 0 && model.Count > 0 ? model.Min.Slot : random.Next(Slots);
            if (entries[slot] is { } entry)
            {
                queue.Remove(slot);
                model.Remove(entry);
                entries[slot] = null;
            }
            else
            {
                var added = (random.NextInt64(moments), step, slot);
                queue.Add(slot, added.Item1);
                model.Add(added);
                entries[slot] = added;
            }

            var expected = model.Count == 0 ? DueQueue.NotQueued : model.Min.Ticks;
            if (queue.FirstMoment != expected || (model.Count > 0 && queue.First != model.Min.Slot) || queue.MomentOf(slot) != (entries[slot]?.Ticks ?? DueQueue.NotQueued))
            {
                queue.FirstMoment.Should().Be(expected, "step {0}", step);
                queue.First.Should().Be(model.Min.Slot, "step {0}", step);
                queue.MomentOf(slot).Should().Be(entries[slot]?.Ticks ?? DueQueue.NotQueued, "step {0}", step);
            }
        }

        model.Should().NotBeEmpty();
    }
}
