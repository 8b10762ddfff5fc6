using Dkron.Host.Plugins;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Plugins;

public sealed class PreparationStepsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<(string Step, TimeSpan Elapsed)> _called = [];
    private PreparationSteps? _steps;

    [Fact]
    public async Task Those_that_end_at_once_are_called_together_and_each_has_its_time_for_itself()
    {
        _steps = new PreparationSteps([Step("one"), Step("two"), Step("three")], _time);

        await _steps.GoOn(CancellationToken.None);

        _steps.AreDone.Should().BeTrue();
        _called.Should().Equal(("one", TimeSpan.Zero), ("two", TimeSpan.Zero), ("three", TimeSpan.Zero));
    }

    [Fact]
    public async Task One_that_does_not_end_at_once_is_waited_for_before_the_next()
    {
        var end = new TaskCompletionSource();
        _steps = new PreparationSteps([Step("one"), Step("two", end.Task), Step("three")], _time);

        var pending = _steps.GoOn(CancellationToken.None).AsTask();

        pending.IsCompleted.Should().BeFalse();
        (_steps.AreDone, _steps.Current.What, _steps.Elapsed).Should().Be((false, "two", TimeSpan.FromSeconds(3)));
        end.SetResult();
        await pending;
        await _steps.GoOn(CancellationToken.None);
        _called.Select(call => call.Step).Should().Equal("one", "two", "three");
    }

    [Fact]
    public async Task After_one_that_was_told_to_stop_no_other_is_called_with_the_same_token()
    {
        _steps = new PreparationSteps([Step("one"), Step("two")], _time);

        await _steps.GoOn(new CancellationToken(canceled: true));

        (_steps.AreDone, _steps.Current.What).Should().Be((false, "one"));
    }

    private PreparationSteps.Step Step(string what, Task? end = null) => new(what, "", _ =>
    {
        _called.Add((what, _steps!.Elapsed));
        _time.Advance(TimeSpan.FromSeconds(3));
        return end is null ? default : new ValueTask(end);
    });
}
