using AmpEdge.SigV4;
using Xunit;

namespace AmpEdge.Core.Tests.SigV4;

public sealed class AwsHostTests
{
    [Theory]
    [InlineData("aps-workspaces.us-east-1.amazonaws.com", "us-east-1", "aps")]
    [InlineData("APS-Workspaces.eu-central-1.amazonaws.com:443", "eu-central-1", "aps")]
    [InlineData("aps-workspaces-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1", "aps")]
    [InlineData("aps-workspaces.eu-west-1.api.aws", "eu-west-1", "aps")]
    [InlineData("aps-workspaces.cn-north-1.amazonaws.com.cn", "cn-north-1", "aps")]
    [InlineData("aps.us-west-2.amazonaws.com.", "us-west-2", "aps")]
    [InlineData("vpce-0a-1b.aps-workspaces.us-east-1.vpce.amazonaws.com", "us-east-1", "aps")]
    [InlineData("abc123.execute-api.us-east-2.amazonaws.com", "us-east-2", "execute-api")]
    [InlineData("search-logs-x.eu-west-1.es.amazonaws.com", "eu-west-1", "es")]
    [InlineData("sqs.ap-southeast-2.amazonaws.com", "ap-southeast-2", "sqs")]
    [InlineData("aps-workspaces-fips.us-east-1.api.aws", "us-east-1", "aps")]
    [InlineData("aps-fips.us-west-2.amazonaws.com", "us-west-2", "aps")]
    [InlineData("aps.eu-west-1.api.aws", "eu-west-1", "aps")]
    [InlineData("vpce-0123-abc-eu-west-1a.aps-workspaces.eu-west-1.vpce.amazonaws.com:443", "eu-west-1", "aps")]
    [InlineData("vpce-0123-abc.aps.eu-west-1.vpce.amazonaws.com", "eu-west-1", "aps")]
    [InlineData("abc123.execute-api.us-east-1.vpce.amazonaws.com", "us-east-1", "execute-api")]
    [InlineData("s3.dualstack.us-west-2.amazonaws.com", "us-west-2", "s3")]
    [InlineData("bucket.s3.dualstack.us-west-2.amazonaws.com", "us-west-2", "s3")]
    [InlineData("fips-es.us-gov-west-1.amazonaws.com", "us-gov-west-1", "es")]
    [InlineData("sts.amazonaws.com", "us-east-1", "sts")]
    [InlineData("aps-workspaces.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1", "aps")]
    [InlineData("aps-workspaces.cn-north-1.api.amazonwebservices.com.cn", "cn-north-1", "aps")]
    [InlineData("aps-workspaces.us-iso-east-1.c2s.ic.gov", "us-iso-east-1", "aps")]
    [InlineData("aps-workspaces.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1", "aps")]
    [InlineData("aps-workspaces.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1", "aps")]
    [InlineData("aps-workspaces.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1", "aps")]
    public void Region_and_service_are_read_from_the_endpoint(string host, string region, string service)
    {
        Assert.True(AwsHost.TryParse(host, out SigningScope scope));
        Assert.Equal(new SigningScope(region, service), scope);
    }

    [Theory]
    [InlineData("localhost:8080")]
    [InlineData("[::1]:8080")]
    [InlineData("")]
    [InlineData("amazonaws.com")]
    [InlineData("us-east-1.amazonaws.com")]
    [InlineData("aps.amazonaws.com")]
    [InlineData("evil.amazonaws.com")]
    [InlineData("evilapi.aws")]
    [InlineData("aps-workspaces.us-east-1.evilamazonaws.com")]
    [InlineData("aps-workspaces.us-east-1.vpce")]
    [InlineData("aps-workspaces.us-east-1.amazonaws.com.evil.example")]
    [InlineData("aps-workspaces.nowhere.amazonaws.com")]
    [InlineData("aps-workspaces.us-east-1.amazonaws.com:443@evil.example")]
    [InlineData("aps-workspaces.us-east-1.amazonaws.com:x")]
    [InlineData("aps-workspaces.us-east-1.amazonaws.com:99999")]
    [InlineData("evil.example/aps.us-east-1.amazonaws.com")]
    [InlineData("evil.example?.aps.us-east-1.amazonaws.com")]
    [InlineData("evil.example#.aps.us-east-1.amazonaws.com")]
    [InlineData("evil.example:80@aps.us-east-1.amazonaws.com")]
    [InlineData("evil.example\\.aps.us-east-1.amazonaws.com")]
    [InlineData("aps.us-east-1.amazonaws.com, evil.example")]
    public void Other_hosts_tell_nothing(string host)
    {
        Assert.False(AwsHost.TryParse(host, out _));
    }
}
