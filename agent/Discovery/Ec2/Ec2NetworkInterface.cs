namespace AmpEdge.Agent.Discovery;

/// <summary>A network interface of an instance.</summary>
internal sealed class Ec2NetworkInterface
{
    public string SubnetId { get; set; } = "";

    /// <summary>Its place on the instance; negative when the answer does not say.</summary>
    public int DeviceIndex { get; set; } = -1;

    /// <summary>In the order of the answer.</summary>
    public List<(string Address, bool IsPrimary)> Ipv6Addresses { get; } = [];
}
