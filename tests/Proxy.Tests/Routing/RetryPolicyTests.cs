using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Routing;
using Xunit;

namespace AmpEdge.Proxy.Tests.Routing;

public sealed class RetryPolicyTests
{
    [Theory]
    [InlineData("GET", "/x", false, true)]
    [InlineData("POST", "/api/v1/query", false, true)]
    [InlineData("POST", "/api/v1/remote_write", false, false)]
    [InlineData("POST", "/api/v1/remote_write", true, true)]
    [InlineData("DELETE", "/x", true, false)]
    public void Reads_are_repeated_and_writes_by_choice(string method, string path, bool writes, bool repeated)
    {
        Assert.Equal(repeated, Policy(new RetriesConfig { Writes = writes }).Begin(method, path));
    }

    [Fact]
    public void Waits_grow_and_end_with_the_attempts()
    {
        RetryPolicy policy = Policy(new RetriesConfig { MaxAttempts = 3 });

        Assert.InRange(policy.NextWait(1, null)!.Value.TotalMilliseconds, 50, 100);
        Assert.InRange(policy.NextWait(2, null)!.Value.TotalMilliseconds, 100, 200);
        Assert.Null(policy.NextWait(3, null));
    }

    [Fact]
    public void What_the_upstream_asks_for_is_waited_unless_it_is_too_long()
    {
        RetryPolicy policy = Policy(new RetriesConfig { MaxWait = TimeSpan.FromSeconds(2) });

        Assert.Equal(TimeSpan.FromSeconds(2), policy.NextWait(1, TimeSpan.FromSeconds(2)));
        Assert.Null(policy.NextWait(1, TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void Repetitions_stay_a_share_of_the_requests()
    {
        RetryPolicy policy = Policy(new RetriesConfig { BudgetPercent = 20 });
        int repeated = 0;
        for (int request = 0; request < 1000; request++)
        {
            policy.Begin("GET", "/");
            repeated += policy.NextWait(1, null) is null ? 0 : 1;
        }

        // Ten are there from the start.
        Assert.InRange(repeated, 200, 210);
    }

    private static RetryPolicy Policy(RetriesConfig config) => new(config, new Random(1));
}
