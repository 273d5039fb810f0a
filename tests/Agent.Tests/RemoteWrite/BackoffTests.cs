using AmpEdge.Agent.RemoteWrite;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

public sealed class BackoffTests
{
    [Fact]
    public void Waits_double_up_to_the_limit_and_vary_by_a_tenth()
    {
        double[] nominal = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5];
        for (int seed = 0; seed < 50; seed++)
        {
            Backoff backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), new Random(seed));
            foreach (double seconds in nominal)
            {
                Assert.InRange(backoff.Next(null).TotalSeconds, seconds * 0.9 - 1e-6, seconds * 1.1 + 1e-6);
            }
        }
    }

    [Fact]
    public void A_first_wait_of_nothing_still_grows()
    {
        Backoff backoff = new(TimeSpan.Zero, TimeSpan.FromSeconds(5), new Random(1));
        TimeSpan wait = TimeSpan.Zero;
        for (int failure = 0; failure < 20; failure++)
        {
            wait = backoff.Next(null);
        }

        Assert.InRange(wait.TotalSeconds, 4.5, 5.5);
    }

    [Fact]
    public void What_the_receiver_asks_for_goes_first_within_reason()
    {
        Backoff backoff = new(TimeSpan.FromMilliseconds(30), TimeSpan.FromSeconds(5), new Random(1));

        Assert.Equal(TimeSpan.FromSeconds(7), backoff.Next(TimeSpan.FromSeconds(7)));
        Assert.Equal(Backoff.MaxRetryAfter, backoff.Next(TimeSpan.FromDays(2)));
        Assert.InRange(backoff.Next(TimeSpan.FromSeconds(-3)).TotalMilliseconds, 108, 132);
    }
}
