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
