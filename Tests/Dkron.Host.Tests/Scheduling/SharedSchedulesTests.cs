using System.Runtime.CompilerServices;
using Dkron.Host.Scheduling;

namespace Dkron.Host.Tests.Scheduling;

public sealed class SharedSchedulesTests
{
    [Fact]
    public void Equal_schedules_are_one_instance()
    {
        var one = Times.Schedule(new string("0 0 4 * * *"), "Europe/Madrid", "a");

        var other = Times.Schedule(new string("0 0 4 * * *"), "Europe/Madrid", "b");

        other.Should().BeSameAs(one);
    }

    [Fact]
    public void Another_zone_or_another_tilde_is_another_schedule()
    {
        var one = Times.Schedule("0 ~ 4 * * *", "Europe/Madrid", "ad");

        var (otherZone, otherName, sameSum) = (Times.Schedule("0 ~ 4 * * *", "Asia/Tokyo", "ad"), Times.Schedule("0 ~ 4 * * *", "Europe/Madrid", "ae"), Times.Schedule("0 ~ 4 * * *", "Europe/Madrid", "bc"));

        otherZone.Should().NotBeSameAs(one);
        otherName.Should().NotBeSameAs(one);
        sameSum.Should().BeSameAs(one);
    }

    [Fact]
    public void Schedules_that_nobody_uses_any_more_make_room()
    {
        var shared = new SharedSchedules();
        var kept = Times.Schedule("@daily");
        shared.Add("kept", "", 0, kept);

        for (var i = 0; i < 20_000; i++)
        {
            AddOne(shared, i);
            if (i % 1_000 == 0)
            {
                GC.Collect();
            }
        }

        shared.Count.Should().BeLessThan(10_000);
        shared.TryGet("kept", "", 0, out var found).Should().BeTrue();
        found.Should().BeSameAs(kept);
    }

    [Fact]
    public void However_many_different_schedules_are_in_use_the_table_stays_bounded()
    {
        var shared = new SharedSchedules();
        var schedule = Times.Schedule("@daily");

        for (var i = 0; i < 200_000; i++)
        {
            shared.Add("0 0 4 * * *", "", i, schedule);
        }

        shared.Count.Should().Be(65_536);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddOne(SharedSchedules shared, int number)
        => shared.Add("text", "", number, Times.Schedule($"@at 2030-01-01T00:{number / 60 % 60:00}:{number % 60:00}Z"));
}
