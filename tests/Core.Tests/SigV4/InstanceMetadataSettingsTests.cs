using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using AmpEdge.SigV4;
using Xunit;

namespace AmpEdge.Core.Tests.SigV4;

public sealed class InstanceMetadataSettingsTests
{
    [Theory]
    [InlineData("", "http://169.254.169.254/")]
    [InlineData("MODE=IPv6", "http://[fd00:ec2::254]/")]
    [InlineData("MODE=ipv4", "http://169.254.169.254/")]
    [InlineData("ENDPOINT=http://127.0.0.1:1338/", "http://127.0.0.1:1338/")]
    [InlineData("ENDPOINT=http://127.0.0.1:1338 MODE=IPv6", "http://127.0.0.1:1338/")]
    [InlineData("profile=http://10.0.0.1", "http://10.0.0.1/")]
    [InlineData("profilemode=IPv6", "http://[fd00:ec2::254]/")]
    [InlineData("MODE=IPv4 profile=http://10.0.0.1", "http://169.254.169.254/")]
    public void The_endpoint_comes_from_the_environment_before_the_profile(string settings, string endpoint) =>
        Assert.Equal(endpoint, Read(settings).Endpoint.AbsoluteUri);

    [Theory]
    [InlineData("", false, false)]
    [InlineData("DISABLED=true", true, false)]
    [InlineData("DISABLED=TRUE", true, false)]
    [InlineData("DISABLED=1", false, false)]
    [InlineData("V1=false", false, true)]
    [InlineData("V1=true", false, false)]
    public void Version_1_is_asked_only_by_choice(string settings, bool isDisabled, bool allowsVersion1)
    {
        InstanceMetadataSettings read = Read(settings);

        Assert.Equal((isDisabled, allowsVersion1), (read.IsDisabled, read.AllowsVersion1));
    }

    [Theory]
    [InlineData("ENDPOINT=169.254.169.254", "AWS_EC2_METADATA_SERVICE_ENDPOINT is '169.254.169.254', which is no URL such as http://169.254.169.254")]
    [InlineData("MODE=v6", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is 'v6'; allowed: IPv4, IPv6")]
    [InlineData("profile=nowhere", "ec2_metadata_service_endpoint of profile 'p' is 'nowhere', which is no URL such as http://169.254.169.254")]
    public void What_cannot_be_understood_is_told_with_its_name(string settings, string problem) =>
        Assert.Equal(problem, Assert.Throws<AmazonClientException>(() => Read(settings)).Message);

    private static InstanceMetadataSettings Read(string settings)
    {
        Dictionary<string, string> given = new(StringComparer.Ordinal);
        foreach (string setting in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = setting.Split('=', 2);
            given[parts[0]] = parts[1];
        }

        CredentialProfile profile = new("p", new CredentialProfileOptions())
        {
            EC2MetadataServiceEndpoint = given.GetValueOrDefault("profile"),
            EC2MetadataServiceEndpointMode = given.ContainsKey("profilemode") ? EC2MetadataServiceEndpointMode.IPv6 : null,
        };
        return InstanceMetadataSettings.Read(
            name => given.GetValueOrDefault(name switch
            {
                "AWS_EC2_METADATA_DISABLED" => "DISABLED",
                "AWS_EC2_METADATA_V1_DISABLED" => "V1",
                "AWS_EC2_METADATA_SERVICE_ENDPOINT" => "ENDPOINT",
                "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE" => "MODE",
                _ => "",
            }),
            profile);
    }
}
