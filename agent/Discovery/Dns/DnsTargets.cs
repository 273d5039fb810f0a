using System.Globalization;
using AmpEdge.Agent.Config;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery;

/// <summary>The targets of <c>dns_sd_configs</c>: one group per configured name.</summary>
internal sealed class DnsTargets : ITargetSource
{
    private const string NameLabel = "__meta_dns_name";
    private const string SrvTargetLabel = "__meta_dns_srv_record_target";
    private const string SrvPortLabel = "__meta_dns_srv_record_port";
    private const string MxTargetLabel = "__meta_dns_mx_record_target";
    private const string NsTargetLabel = "__meta_dns_ns_record_target";

    private readonly DnsDiscoveryConfig _config;
    private readonly DnsResolver _resolver;
    private readonly DiscoveryMetrics _metrics;
    private readonly DnsRecordType _type;

    public DnsTargets(DnsDiscoveryConfig config, DnsResolver resolver, DiscoveryMetrics metrics)
    {
        _config = config;
        _resolver = resolver;
        _metrics = metrics;
        _type = config.Type switch
        {
            "A" => DnsRecordType.A,
            "AAAA" => DnsRecordType.Aaaa,
            "MX" => DnsRecordType.MX,
            "NS" => DnsRecordType.NS,
            _ => DnsRecordType.Srv,
        };
    }

    public string Mechanism => "dns";

    public TimeSpan RefreshInterval => _config.RefreshInterval;

    /// <summary>Each server's own time-out ends a look-up; this is for many servers and search domains that all are silent.</summary>
    public TimeSpan Timeout { get; } = TimeSpan.FromMinutes(2);

    /// <summary>Names that could not be looked up have no group in the answer, so that they keep their last one.</summary>
    public async Task<RefreshAnswer> FindAsync(CancellationToken cancel)
    {
        List<Task<TargetGroup>> lookUps = [];
        foreach (string name in _config.Names)
        {
            lookUps.Add(LookUpAsync(name, cancel));
        }

        List<TargetGroup> groups = [];
        List<string> problems = [];
        foreach (Task<TargetGroup> lookUp in lookUps)
        {
            try
            {
                groups.Add(await lookUp);
            }
            catch (DiscoveryException failed)
            {
                problems.Add(failed.Message);
            }
        }

        return new RefreshAnswer(groups, problems.Count == 0 ? null : string.Join("; ", problems));
    }

    public void Dispose()
    {
        // Holds nothing: each query has a socket of its own.
    }

    private async Task<TargetGroup> LookUpAsync(string name, CancellationToken cancel)
    {
        _metrics.DnsLookups.Increment();
        try
        {
            IReadOnlyList<DnsRecord> records = await _resolver.LookUpAsync(name, _type, cancel);
            return new TargetGroup(name, Targets(name, records), Labels.Empty);
        }
        catch (DiscoveryException)
        {
            _metrics.DnsLookupFailures.Increment();
            throw;
        }
    }

    private List<Labels> Targets(string name, IReadOnlyList<DnsRecord> records)
    {
        List<Labels> targets = [];
        LabelsBuilder labels = new();
        foreach (DnsRecord record in records)
        {
            labels.Reset();
            labels.Set(NameLabel, name);
            int port = _config.Port;
            switch (record.Type)
            {
                case DnsRecordType.A or DnsRecordType.Aaaa:
                    break;
                case DnsRecordType.Srv:
                    port = record.Port;
                    labels.Set(SrvTargetLabel, record.Target);
                    labels.Set(SrvPortLabel, port.ToString(CultureInfo.InvariantCulture));
                    break;
                case DnsRecordType.MX:
                    labels.Set(MxTargetLabel, record.Target);
                    break;
                case DnsRecordType.NS:
                    labels.Set(NsTargetLabel, record.Target);
                    break;
                default:
                    // An alias on the way, most of the time: the records of its target follow.
                    continue;
            }

            labels.Set("__address__", HostPort.Join(record.Target.TrimEnd('.'), port));
            targets.Add(labels.Build());
        }

        return targets;
    }
}
