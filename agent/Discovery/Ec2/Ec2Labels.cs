using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery;

/// <summary>Makes a target of an instance, with the labels of Prometheus's EC2 discovery.</summary>
internal sealed class Ec2Labels
{
    private const string Prefix = "__meta_ec2_";

    /// <summary>Between the parts of a list and at both its ends, so that a rule can match <c>,part,</c>.</summary>
    private const string Separator = ",";

    /// <summary>Far above what an instance can have; the index comes from outside and makes a list that long.</summary>
    private const int MaxDeviceIndex = 256;

    private readonly LabelsBuilder _labels = new();
    private readonly string _region;
    private readonly int _port;
    private readonly IReadOnlyDictionary<string, string> _zoneIds;

    public Ec2Labels(string region, int port, IReadOnlyDictionary<string, string> zoneIds)
    {
        _region = region;
        _port = port;
        _zoneIds = zoneIds;
    }

    /// <summary>Null for an instance without an address inside its network: one that is ending, most of the time.</summary>
    public Labels? Make(Ec2Instance instance)
    {
        List<string> ipv6Addresses = [];
        List<string> primaryIpv6Addresses = [];
        CollectIpv6(instance, ipv6Addresses, primaryIpv6Addresses);
        string defaultIpv6 = primaryIpv6Addresses.Find(static address => address.Length > 0)
            ?? (ipv6Addresses.Count > 0 ? ipv6Addresses[0] : "");
        string address = instance.PrivateIp.Length > 0 ? instance.PrivateIp : defaultIpv6;
        if (address.Length == 0)
        {
            return null;
        }

        _labels.Reset();
        _labels.Set("__address__", HostPort.Join(address, _port));
        Set("region", _region);
        Set("instance_id", instance.InstanceId);
        Set("owner_id", instance.OwnerId ?? "");
        Set("ami", instance.ImageId);
        Set("instance_type", instance.InstanceType);
        Set("instance_state", instance.State);
        Set("instance_lifecycle", instance.Lifecycle);
        Set("architecture", instance.Architecture);
        Set("platform", instance.Platform);
        Set("availability_zone", instance.AvailabilityZone);
        Set("availability_zone_id", _zoneIds.GetValueOrDefault(instance.AvailabilityZone, ""));
        Set("private_ip", instance.PrivateIp);
        Set("private_dns_name", instance.PrivateDnsName);
        Set("public_ip", instance.PublicIp);
        Set("public_dns_name", instance.PublicIp.Length > 0 ? instance.PublicDnsName : "");
        Set("default_ipv6_address", defaultIpv6);
        Set("ipv6_addresses", List(ipv6Addresses));
        Set("primary_ipv6_addresses", List(primaryIpv6Addresses));
        SetNetwork(instance);
        foreach ((string key, string value) in instance.Tags)
        {
            Set("tag_" + LabelNames.Sanitize(key), value);
        }

        return _labels.Build();
    }

    private void SetNetwork(Ec2Instance instance)
    {
        if (instance.VpcId.Length == 0)
        {
            return;
        }

        Set("vpc_id", instance.VpcId);
        Set("primary_subnet_id", instance.SubnetId);
        List<string> subnets = [];
        foreach (Ec2NetworkInterface found in instance.NetworkInterfaces)
        {
            if (found.SubnetId.Length > 0 && !subnets.Contains(found.SubnetId))
            {
                subnets.Add(found.SubnetId);
            }
        }

        // An instance of a VPC without any subnet has the two commas in Prometheus, too.
        Set("subnet_id", Separator + string.Join(Separator, subnets) + Separator);
    }

    /// <summary>Primary addresses stand at the place of their device index, so gaps are empty texts.</summary>
    private static void CollectIpv6(Ec2Instance instance, List<string> addresses, List<string> primaries)
    {
        foreach (Ec2NetworkInterface found in instance.NetworkInterfaces)
        {
            if (instance.VpcId.Length == 0 || found.SubnetId.Length == 0)
            {
                continue;
            }

            foreach ((string address, bool isPrimary) in found.Ipv6Addresses)
            {
                addresses.Add(address);
                if (!isPrimary || found.DeviceIndex is < 0 or > MaxDeviceIndex)
                {
                    continue;
                }

                while (primaries.Count <= found.DeviceIndex)
                {
                    primaries.Add("");
                }

                primaries[found.DeviceIndex] = address;
            }
        }
    }

    private static string List(List<string> parts) =>
        parts.Count == 0 ? "" : Separator + string.Join(Separator, parts) + Separator;

    private void Set(string name, string value) => _labels.Set(Prefix + name, value);
}
