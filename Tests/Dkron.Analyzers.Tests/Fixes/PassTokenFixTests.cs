namespace Dkron.Analyzers.Tests.Fixes;

public sealed class PassTokenFixTests : FixTests
{
    private const string Members = "private static Task OptionalAsync(int number = 1, CancellationToken token = default, bool flush = true) => Task.CompletedTask;";

    [Theory]
    [InlineData("await Task.Delay(100);", "await Task.Delay(100, cancellationToken);")]
    [InlineData("await new MemoryStream().FlushAsync();", "await new MemoryStream().FlushAsync(cancellationToken);")]
    [InlineData("await File.WriteAllTextAsync(\"path\", \"text\");", "await File.WriteAllTextAsync(\"path\", \"text\", cancellationToken);")]
    [InlineData("await OptionalAsync();", "await OptionalAsync(token: cancellationToken);")]
    [InlineData("await OptionalAsync(2);", "await OptionalAsync(2, cancellationToken);")]
    [InlineData("await OptionalAsync(flush: false);", "await OptionalAsync(flush: false, token: cancellationToken);")]
    [InlineData("await Task.Delay(1); await Task.Delay(2);", "await Task.Delay(1, cancellationToken); await Task.Delay(2, cancellationToken);")]
    public Task The_token_is_passed(string before, string after) => BecomesAsync(PluginCode.Processor(before, Members), PluginCode.Processor(after, Members));

    [Fact]
    public Task Where_nothing_takes_a_token_there_is_no_fix() => StaysAsync(PluginCode.Processor("await WorkAsync();", "private static Task WorkAsync() => Task.CompletedTask;"));
}
