namespace AmpEdge.Agent.Discovery;

/// <summary>The URLs of AWS's services, with the environment variables that move them.</summary>
/// <param name="environment">Reads a variable; null when there is none.</param>
internal sealed class AwsEndpoints(Func<string, string?> environment)
{
    /// <summary>Domains by the first part of region names (botocore's <c>partitions.json</c>); the first that fits counts.</summary>
    private static readonly (string RegionPrefix, string Domain, string DualStackDomain)[] s_partitions =
    [
        ("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
        ("us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
        ("us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
        ("eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
        ("us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
        ("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
        ("", "amazonaws.com", "api.aws"),
    ];

    /// <summary>
    /// Where a service of a region is: <c>AWS_ENDPOINT_URL_&lt;SERVICE&gt;</c>, <c>AWS_ENDPOINT_URL</c>, else AWS's own
    /// name, of the FIPS kind with <c>AWS_USE_FIPS_ENDPOINT=true</c> and with IPv6 with <c>AWS_USE_DUALSTACK_ENDPOINT=true</c>.
    /// </summary>
    /// <exception cref="DiscoveryException">A variable holds no URL.</exception>
    public Uri Find(string service, string region)
    {
        string variable = $"AWS_ENDPOINT_URL_{service.ToUpperInvariant()}";
        foreach (string name in (ReadOnlySpan<string>)[variable, "AWS_ENDPOINT_URL"])
        {
            if (environment(name) is { Length: > 0 } given)
            {
                return Uri.TryCreate(given, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"
                    ? url
                    : throw new DiscoveryException($"{name}={given} is not an http:// or https:// URL");
            }
        }

        bool dualStack = IsTrue("AWS_USE_DUALSTACK_ENDPOINT");
        foreach ((string prefix, string domain, string dualStackDomain) in s_partitions)
        {
            if (region.StartsWith(prefix, StringComparison.Ordinal))
            {
                return new Uri($"https://{HostPrefix(service, region)}.{region}.{(dualStack ? dualStackDomain : domain)}");
            }
        }

        throw new DiscoveryException($"no AWS partition fits region {region}");
    }

    /// <summary>In GovCloud the plain name of EC2 is the FIPS one.</summary>
    private string HostPrefix(string service, string region) =>
        IsTrue("AWS_USE_FIPS_ENDPOINT")
        && !(service == "ec2" && region.StartsWith("us-gov-", StringComparison.Ordinal)
            && !IsTrue("AWS_USE_DUALSTACK_ENDPOINT"))
            ? service + "-fips"
            : service;

    private bool IsTrue(string variable) =>
        string.Equals(environment(variable), "true", StringComparison.OrdinalIgnoreCase);
}
