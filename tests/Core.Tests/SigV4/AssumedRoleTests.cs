using System.Linq;
using System.Net;
using System.Text;
using Amazon.Runtime;
using AmpEdge.SigV4;
using Xunit;

namespace AmpEdge.Core.Tests.SigV4;

public sealed class AssumedRoleTests
{
    [Theory]
    [InlineData("eu-west-1", false, "https://sts.eu-west-1.amazonaws.com/")]
    [InlineData("eu-west-1", true, "https://sts-fips.eu-west-1.amazonaws.com/")]
    [InlineData("us-gov-west-1", true, "https://sts.us-gov-west-1.amazonaws.com/")]
    [InlineData("cn-north-1", false, "https://sts.cn-north-1.amazonaws.com.cn/")]
    public async Task The_sts_of_the_configured_region_is_asked_at_the_wanted_endpoint(string region, bool fips, string url)
    {
        using StsAnswer sts = new();
        using AssumedRole role = new(
            new BasicAWSCredentials("AKIDBASE", "base-secret"),
            new RoleHop("arn:aws:iam::123456789012:role/metrics", "partner-7"),
            new CredentialSettings { Region = region, UseFipsSts = fips },
            sts);

        ImmutableCredentials session = await role.GetCredentialsAsync();

        Assert.Equal(url, sts.Url);
        Assert.Contains($"/{region}/sts/aws4_request", sts.Authorization, StringComparison.Ordinal);
        Assert.Contains("ExternalId=partner-7", sts.Body, StringComparison.Ordinal);
        Assert.Equal(("ASIASESSION", "session-secret", "session-token"), (session.AccessKey, session.SecretKey, session.Token));
    }

    /// <summary>Stands in for STS: remembers the request and grants a session.</summary>
    private sealed class StsAnswer : HttpClientFactory, IDisposable
    {
        private readonly List<HttpClient> _clients = [];

        public string Url { get; private set; } = "";

        public string Authorization { get; private set; } = "";

        public string Body { get; private set; } = "";

        public override HttpClient CreateHttpClient(IClientConfig clientConfig)
        {
            HttpClient client = new(new Handler(this));
            _clients.Add(client);
            return client;
        }

        public void Dispose() => _clients.ForEach(static client => client.Dispose());

        private sealed class Handler(StsAnswer owner) : HttpMessageHandler
        {
            protected override async Task<HttpResponseMessage> SendAsync(
                HttpRequestMessage request, CancellationToken cancellationToken)
            {
                owner.Url = request.RequestUri!.AbsoluteUri;
                owner.Authorization = request.Headers.GetValues("Authorization").First();
                owner.Body = await request.Content!.ReadAsStringAsync(cancellationToken);
                return new HttpResponseMessage(HttpStatusCode.OK)
                {
                    Content = new StringContent(
                        """
                        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
                        <AccessKeyId>ASIASESSION</AccessKeyId><SecretAccessKey>session-secret</SecretAccessKey>
                        <SessionToken>session-token</SessionToken><Expiration>2199-01-01T00:00:00Z</Expiration>
                        </Credentials></AssumeRoleResult></AssumeRoleResponse>
                        """,
                        Encoding.UTF8, "text/xml"),
                };
            }
        }
    }
}
