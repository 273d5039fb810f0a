using System.Globalization;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Config;

/// <summary>
/// Spreads the targets of every job over equal agents: relabel rules behind those of the job keep the targets whose address falls
/// to this one. The rules are the ones that people write by hand for it, and the pages show them as such.
/// </summary>
internal static class ShardingRules
{
    private const string Shard = "__tmp_ampedge_shard";

    /// <summary>A target with this label, set by a rule or in a group, is kept by every agent; the Prometheus Operator's name.</summary>
    private const string KeptByAll = "__tmp_disable_sharding";

    /// <param name="config">As it was read.</param>
    /// <param name="count">How many agents there are.</param>
    /// <param name="index">Which of them this is, from 0.</param>
    public static AgentConfig AddTo(AgentConfig config, int count, int index)
    {
        RelabelRule[] rules =
        [
            RelabelRule.Compile(new RelabelConfig
            {
                SourceLabels = ["__address__"], TargetLabel = Shard, Modulus = (ulong)count, Action = RelabelAction.HashMod,
            }),
            RelabelRule.Compile(new RelabelConfig
            {
                SourceLabels = [Shard, KeptByAll],
                Regex = string.Create(CultureInfo.InvariantCulture, $"{index};|.+;.+"),
                Action = RelabelAction.Keep,
            }),
        ];
        List<ScrapeConfig> jobs = [];
        foreach (ScrapeConfig job in config.ScrapeConfigs)
        {
            jobs.Add(job with { RelabelRules = [.. job.RelabelRules, .. rules] });
        }

        return config with { ScrapeConfigs = jobs };
    }
}
