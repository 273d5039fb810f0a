using AmpEdge.Proxy.Usage;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Proxy.Tests.Usage;

public sealed class WriteSamplerTests
{
    [Fact]
    public void Few_writes_are_all_chosen_and_stand_for_themselves()
    {
        ManualTime time = new();
        WriteSampler sampler = new(20, 1, time);
        for (int index = 0; index < 200; index++)
        {
            Assert.True(sampler.Choose(out long weight));
            Assert.Equal(1, weight);
            time.Advance(TimeSpan.FromMilliseconds(60));
        }
    }

    [Fact]
    public void Of_many_about_the_wanted_number_is_chosen_and_their_weights_add_up_to_all()
    {
        ManualTime time = new();
        WriteSampler sampler = new(20, 2, time);
        long chosen = 0;
        long weights = 0;
        const int writes = 60_000;
        for (int index = 0; index < writes; index++)
        {
            if (sampler.Choose(out long weight))
            {
                chosen++;
                weights += weight;
            }

            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        // Within a second the choice begins afresh at most once: 60 seconds at 20 a second, and the first second.
        Assert.InRange(chosen, 1_000, 1_600);
        Assert.InRange(weights, writes - 1_000, writes);
    }

    [Fact]
    public void A_sum_over_the_chosen_is_near_the_truth_whatever_stands_between_them()
    {
        ManualTime time = new();
        WriteSampler sampler = new(50, 3, time);
        double estimate = 0;
        double truth = 0;
        for (int index = 0; index < 120_000; index++)
        {
            // Every tenth write is large, as with senders in step.
            double samples = index % 10 == 0 ? 1_000 : 10;
            truth += samples;
            if (sampler.Choose(out long weight))
            {
                estimate += samples * weight;
            }

            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(estimate / truth, 0.85, 1.15);
    }

    [Fact]
    public void What_was_chosen_in_vain_is_stood_for_by_the_next()
    {
        WriteSampler sampler = new(20, 4, new ManualTime());
        Assert.True(sampler.Choose(out long weight));
        sampler.PassOver(weight);

        Assert.True(sampler.Choose(out weight));
        Assert.Equal(2, weight);
    }
}
