using AmpEdge.Agent.Discovery.Kubernetes;
using AmpEdge.Hosting;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery.Kubernetes;

public sealed class ChangeQueueTests
{
    private readonly MetricRegistry _registry = new();

    [Fact]
    public void A_change_that_is_told_while_the_queue_ends_is_passed_over()
    {
        KubernetesMetrics metrics = new(_registry);
        ChangeQueue queue = new(metrics, bound: 2);
        queue.Add(Changed("a"));

        queue.Dispose();
        queue.Add(Changed("b"));

        Assert.Equal(0, metrics.Waiting.Value);
    }

    [Fact]
    public async Task Over_the_bound_everything_is_asked_for_and_nothing_waits()
    {
        KubernetesMetrics metrics = new(_registry);
        using ChangeQueue queue = new(metrics, bound: 2);
        foreach (string name in (string[])["a", "b", "b", "c", "d"])
        {
            queue.Add(Changed(name));
        }

        await queue.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, metrics.Waiting.Value);
        Assert.Equal(1, metrics.Overflows.Value);
        Assert.Null(queue.Take());
        queue.Add(Changed("e"));
        Assert.Equal([Changed("e")], queue.Take());
    }

    private static RelatedObject Changed(string name) => new(ResourceKind.Pods, new ObjectKey("shop", name));
}
