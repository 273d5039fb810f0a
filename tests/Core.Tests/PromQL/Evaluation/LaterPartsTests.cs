using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public class LaterPartsTests
{
    private static readonly Engine s_engine = new(
        new EngineOptions { Parser = ParserOptions.Everything }, TimeProvider.System);

    public static TheoryData<string> Parts => [.. LaterParts.All];

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task What_is_listed_as_left_to_later_is_refused_by_the_engine(string part)
    {
        QueryException refused = await Assert.ThrowsAsync<QueryException>(() => s_engine.InstantAsync(
            new MemoryQueryable([]), Query(part), 0, QueryOptions.Default, TestContext.Current.CancellationToken));
        Assert.True(LaterParts.Names(refused.Message), refused.Message);
    }

    [Theory]
    [InlineData("the function rate is not supported by this version of the query engine")]
    [InlineData("the function info is broken")]
    public void Nothing_else_may_be_refused_as_left_to_later(string message) => Assert.False(LaterParts.Names(message));

    private static string Query(string part) => part switch
    {
        _ when part.StartsWith("the function ", StringComparison.Ordinal) => $"{part["the function ".Length..]}(x)",
        _ => $"x {part["the native histogram operator ".Length..]} 1",
    };
}
