using System.Linq;
using AmpEdge.Tests.Support.Kubernetes;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery.Kubernetes;

/// <summary>The targets of the recorded cluster, label for label as Prometheus 3.5 found them.</summary>
public sealed class RecordedClusterTests
{
    public static TheoryData<string> Names => new(
        "node", "node.selectors", "pod", "pod.attach-node", "pod.ns-shop-batch", "pod.selectors", "service", "endpoints",
        "endpoints.attach-node", "endpoints.selectors", "endpointslice", "endpointslice.attach-node",
        "endpointslice.selectors", "ingress");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_fresh_look_at_the_first_state_finds_what_prometheus_found(string name)
    {
        await using DiscoveryWorld world = new();

        await ExpectAsync(world, world.Start(ExpectedTargets.Read("s1", name).Entry), "s1", name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_fresh_look_at_the_second_state_finds_what_prometheus_found(string name)
    {
        await using DiscoveryWorld world = new();
        world.Cluster.Advance();

        await ExpectAsync(world, world.Start(ExpectedTargets.Read("s2", name).Entry), "s2", name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Living_through_all_changes_ends_where_a_fresh_look_would(string name)
    {
        await using DiscoveryWorld world = new();
        FoundTargets found = world.Start(ExpectedTargets.Read("s1", name).Entry);
        await ExpectAsync(world, found, "s1", name);

        while (world.Cluster.ChangesLeft > 0)
        {
            world.Cluster.Advance(7);
        }

        await ExpectAsync(world, found, "s2", name);
    }

    private static async Task ExpectAsync(DiscoveryWorld world, FoundTargets found, string state, string name)
    {
        ExpectedTargets expected = ExpectedTargets.Read(state, name);
        await world.UntilAsync(
            () => found.Targets().SequenceEqual(expected.Targets),
            () => $"{state} {name}: {expected.Differences(found.Targets())}");
    }
}
