using System.Globalization;
using System.Linq;
using AmpEdge.Agent.Config;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Agent.Tests.Config;

public sealed class ShardingRulesTests
{
    [Fact]
    public void Each_target_is_kept_by_one_agent_and_all_have_about_as_many()
    {
        int[] kept = new int[3];
        for (int target = 0; target < 3000; target++)
        {
            string address = string.Create(CultureInfo.InvariantCulture, $"10.0.{target / 250}.{target % 250}:9100");
            int[] keepers = [.. Enumerable.Range(0, 3).Where(index => Relabel(index, "__address__", address) is not null)];
            kept[Assert.Single(keepers)]++;
        }

        Assert.All(kept, static count => Assert.InRange(count, 900, 1100));
    }

    [Fact]
    public void A_target_that_asks_for_it_is_kept_by_all() => Assert.All(
        Enumerable.Range(0, 3),
        static index => Assert.NotNull(Relabel(index, "__address__", "127.0.0.1:9090", "__tmp_disable_sharding", "true")));

    [Fact]
    public void What_the_jobs_own_rules_make_of_the_address_counts()
    {
        RelabelRule fixedAddress = RelabelRule.Compile(new RelabelConfig { TargetLabel = "__address__", Replacement = "one:1" });

        Assert.Single(Enumerable.Range(0, 3), index => Relabel(index, [fixedAddress], "__address__", "a:1") is not null);
        Assert.Equal(
            Enumerable.Range(0, 3).Where(index => Relabel(index, "__address__", "one:1") is not null),
            Enumerable.Range(0, 3).Where(index => Relabel(index, [fixedAddress], "__address__", "b:1") is not null));
    }

    private static Labels? Relabel(int index, params string[] labels) => Relabel(index, [], labels);

    private static Labels? Relabel(int index, RelabelRule[] own, params string[] labels)
    {
        AgentConfig config = new() { File = "f.yml", ScrapeConfigs = [new ScrapeConfig { JobName = "a", RelabelRules = own }] };
        LabelsBuilder builder = new();
        for (int pair = 0; pair < labels.Length; pair += 2)
        {
            builder.Set(labels[pair], labels[pair + 1]);
        }

        return Relabeler.Process(builder, [.. ShardingRules.AddTo(config, 3, index).ScrapeConfigs[0].RelabelRules]) ? builder.Build() : null;
    }
}
