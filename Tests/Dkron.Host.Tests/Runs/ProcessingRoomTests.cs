using Dkron.Host.Processing;
using Dkron.Host.Runs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Tests.Runs;

public sealed class ProcessingRoomTests
{
    private readonly ProcessingRoom _room = new(Options.Create(new ProcessingOptions { MaxExecutions = 2 }), TimeProvider.System, NullLogger<ProcessingRoom>.Instance);

    [Fact]
    public void Nothing_new_comes_in_before_what_an_earlier_host_left_was_taken_up()
    {
        _room.TryEnter("1").Should().BeFalse();

        _room.Drain(() => true);

        _room.TryEnter("1").Should().BeTrue();
    }

    [Fact]
    public void What_finds_no_room_waits_on_disk_and_so_does_all_that_comes_after_it()
    {
        _room.Drain(() => true);
        (_room.TryEnter("1"), _room.TryEnter("2"), _room.TryEnter("3")).Should().Be((true, true, false));
        _room.Spill();
        _room.FullSince.Should().NotBeNull();
        _room.Leave("1");

        _room.TryEnter("4").Should().BeFalse("the third waits on disk");
        _room.Drain(() => _room.TryTakeUp("3"));

        _room.FullSince.Should().BeNull();
        _room.Leave("2");
        _room.TryEnter("4").Should().BeTrue();
        _room.Count.Should().Be(2);
    }

    [Fact]
    public void A_look_that_fails_has_seen_nothing()
    {
        var looking = () => _room.Drain(() => throw new InvalidOperationException("the disk"));

        looking.Should().Throw<InvalidOperationException>();

        _room.IsSpilt.Should().BeTrue();
        _room.TryEnter("1").Should().BeFalse();
    }

    [Fact]
    public void An_execution_is_never_in_it_twice()
    {
        _room.Drain(() => true);
        _room.TryEnter("1").Should().BeTrue();

        (_room.TryTakeUp("1"), _room.TryHold("1"), _room.TryHold("2")).Should().Be((false, false, true));
    }

    [Fact]
    public async Task Who_could_not_be_taken_up_is_looked_for_again_when_there_is_room()
    {
        _room.Drain(() => true);
        _room.TryEnter("1").Should().BeTrue();
        _room.TryTakeUp("1").Should().BeFalse();
        var waiting = _room.Bell.WaitAsync(TimeSpan.FromMinutes(10), TestContext.Current.CancellationToken);
        waiting.IsCompleted.Should().BeFalse();

        _room.Leave("1");

        await waiting.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }
}
