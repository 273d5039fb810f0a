using System.Linq;
using System.Net;
using System.Text;
using Amazon.Runtime;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
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
        Assert.Equal(("ASIA1", "session-secret", "session-token"), (session.AccessKey, session.SecretKey, session.Token));
    }

    [Fact]
    public async Task An_endpoint_of_ones_own_is_asked_and_signed_for_its_region()
    {
        using StsAnswer sts = new();
        using AssumedRole role = new(
            new BasicAWSCredentials("AKIDBASE", "base-secret"),
            new RoleHop("arn:aws:iam::123456789012:role/metrics"),
            new CredentialSettings { Region = "eu-west-1", StsEndpoint = new Uri("https://vpce-1.sts.eu-west-1.vpce.amazonaws.com") },
            sts);
        await role.GetCredentialsAsync();

        Assert.Equal("https://vpce-1.sts.eu-west-1.vpce.amazonaws.com/", sts.Url);
        Assert.Contains("/eu-west-1/sts/aws4_request", sts.Authorization, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_role_of_a_chain_is_assumed_with_the_session_of_the_one_before()
    {
        using StsAnswer sts = new() { Lifetime = TimeSpan.FromHours(1) };
        ManualTime time = new(TimeProvider.System.GetUtcNow());
        using SdkCredentialProvider provider = new(Chain(), time, sts);
        ResolvedCredentials found = await provider.ResolveAsync(CancellationToken.None);

        Assert.Equal(["AKIDBASE one ext-1 default-session", "ASIA1 two  second", "ASIA2 three ext-3 default-session"], sts.Asked);
        Assert.Equal("ASIA3", found.Credentials.AccessKeyId);
        Assert.Equal("static keys of the configuration", found.Provider);
        Assert.InRange(found.ExpiresAt!.Value - time.GetUtcNow(), TimeSpan.FromMinutes(57), TimeSpan.FromMinutes(60));
        Assert.Equal(found, await provider.ResolveAsync(CancellationToken.None));
        Assert.Equal(3, sts.Asked.Count);
    }

    [Fact]
    public async Task A_session_is_renewed_while_the_old_one_is_still_good_and_a_failure_to_do_so_is_told()
    {
        using StsAnswer sts = new() { Lifetime = TimeSpan.FromHours(1) };
        ManualTime time = new(TimeProvider.System.GetUtcNow());
        using SdkCredentialProvider provider = new(Chain() with { Roles = [new RoleHop("arn:one")] }, time, sts);
        Assert.Equal("ASIA1", (await provider.ResolveAsync(CancellationToken.None)).Credentials.AccessKeyId);
        time.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal("ASIA1", (await provider.ResolveAsync(CancellationToken.None)).Credentials.AccessKeyId);

        time.Advance(TimeSpan.FromMinutes(5));
        sts.Refusal = "AccessDenied";
        Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => provider.ResolveAsync(CancellationToken.None));
        Assert.Contains("role arn:one cannot be assumed: ", refused.Message, StringComparison.Ordinal);
        sts.Refusal = null;
        Assert.Equal("ASIA3", (await provider.ResolveAsync(CancellationToken.None)).Credentials.AccessKeyId);
    }

    [Fact]
    public async Task What_is_forgotten_is_asked_for_again_role_by_role()
    {
        using StsAnswer sts = new() { Lifetime = TimeSpan.FromHours(1) };
        using SdkCredentialProvider provider = new(Chain(), TimeProvider.System, sts);
        await provider.ResolveAsync(CancellationToken.None);
        provider.Forget();

        Assert.Equal("ASIA6", (await provider.ResolveAsync(CancellationToken.None)).Credentials.AccessKeyId);
        Assert.Equal(6, sts.Asked.Count);
    }

    [Fact]
    public async Task The_role_that_cannot_be_assumed_is_named()
    {
        using StsAnswer sts = new() { Refusal = "AccessDenied", RefusedRole = "arn:two" };
        using SdkCredentialProvider provider = new(Chain(), TimeProvider.System, sts);
        Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => provider.ResolveAsync(CancellationToken.None));

        Assert.Contains("role arn:two cannot be assumed: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("not authorized to perform: sts:AssumeRole", refused.Message, StringComparison.Ordinal);
    }

    private static CredentialSettings Chain() => new()
    {
        StaticKeys = new AwsCredentials("AKIDBASE", "base-secret"),
        Region = "eu-west-1",
        RoleSessionName = "default-session",
        Roles =
        [
            new RoleHop("arn:one", "ext-1"), new RoleHop("arn:two", SessionName: "second"), new RoleHop("arn:three", "ext-3"),
        ],
    };

    /// <summary>Stands in for STS: remembers the requests and grants sessions.</summary>
    private sealed class StsAnswer : HttpClientFactory, IDisposable
    {
        private readonly List<HttpClient> _clients = [];

        public string Url { get; private set; } = "";

        public string Authorization { get; private set; } = "";

        public string Body { get; private set; } = "";

        /// <summary>Who asked for which role, with which external id and session name.</summary>
        public List<string> Asked { get; } = [];

        public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(10_000);

        /// <summary>The error that it answers instead; null for none.</summary>
        public string? Refusal { get; set; }

        /// <summary>The only role that is refused; null for all.</summary>
        public string? RefusedRole { get; init; }

        public override HttpClient CreateHttpClient(IClientConfig clientConfig)
        {
            HttpClient client = new(new Handler(this));
            _clients.Add(client);
            return client;
        }

        // Each test has its own answers.
        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public void Dispose() => _clients.ForEach(static client => client.Dispose());

        private HttpResponseMessage Answer(HttpRequestMessage request)
        {
            Url = request.RequestUri!.AbsoluteUri;
            Authorization = request.Headers.GetValues("Authorization").First();
            string key = Authorization.Split("Credential=")[1].Split('/')[0];
            string role = Form("RoleArn");
            Asked.Add($"{key} {role.Replace("arn:", "", StringComparison.Ordinal)} {Form("ExternalId")} {Form("RoleSessionName")}");
            bool refused = Refusal is not null && (RefusedRole ?? role) == role;
            return new HttpResponseMessage(refused ? HttpStatusCode.Forbidden : HttpStatusCode.OK)
            {
                Content = new StringContent(refused ? Refused() : Session(), Encoding.UTF8, "text/xml"),
            };
        }

        private string Form(string name)
        {
            foreach (string parameter in Body.Split('&'))
            {
                if (parameter.StartsWith(name + "=", StringComparison.Ordinal))
                {
                    return Uri.UnescapeDataString(parameter[(name.Length + 1)..]);
                }
            }

            return "";
        }

        private string Refused() => $"""
            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{Refusal}</Code>
            <Message>User: x is not authorized to perform: sts:AssumeRole</Message></Error><RequestId>r-1</RequestId></ErrorResponse>
            """;

        private string Session() => $"""
            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
            <AccessKeyId>ASIA{Asked.Count}</AccessKeyId><SecretAccessKey>session-secret</SecretAccessKey>
            <SessionToken>session-token</SessionToken><Expiration>{TimeProvider.System.GetUtcNow() + Lifetime:yyyy-MM-dd'T'HH:mm:ss'Z'}</Expiration>
            </Credentials></AssumeRoleResult></AssumeRoleResponse>
            """;

        private sealed class Handler(StsAnswer owner) : HttpMessageHandler
        {
            protected override async Task<HttpResponseMessage> SendAsync(
                HttpRequestMessage request, CancellationToken cancellationToken)
            {
                owner.Body = await request.Content!.ReadAsStringAsync(cancellationToken);
                return owner.Answer(request);
            }
        }
    }
}
