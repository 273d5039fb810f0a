namespace AmpEdge.Agent.Discovery;

/// <summary>An instance as DescribeInstances tells of it, as far as targets need it. Empty texts are fields that were absent.</summary>
internal sealed class Ec2Instance
{
    /// <summary>The account of the reservation; null when the answer does not say.</summary>
    public string? OwnerId { get; set; }

    public string InstanceId { get; set; } = "";

    public string ImageId { get; set; } = "";

    public string InstanceType { get; set; } = "";

    public string State { get; set; } = "";

    public string PrivateIp { get; set; } = "";

    public string PublicIp { get; set; } = "";

    public string PrivateDnsName { get; set; } = "";

    public string PublicDnsName { get; set; } = "";

    public string VpcId { get; set; } = "";

    public string SubnetId { get; set; } = "";

    public string Architecture { get; set; } = "";

    public string Platform { get; set; } = "";

    public string Lifecycle { get; set; } = "";

    public string AvailabilityZone { get; set; } = "";

    public List<Ec2NetworkInterface> NetworkInterfaces { get; } = [];

    public List<KeyValuePair<string, string>> Tags { get; } = [];
}
