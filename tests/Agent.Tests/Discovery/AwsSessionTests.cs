using System.Text;
using AmpEdge.Agent.Discovery;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery;

public sealed class AwsSessionTests : IAsyncDisposable
{
    private readonly AwsWorld _world = new();
    private int _refusals;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(503, "RequestLimitExceeded")]
    [InlineData(400, "Throttling")]
    [InlineData(400, "ThrottlingException")]
    [InlineData(503, "SlowDown")]
    [InlineData(429, "Whatever")]
    public async Task A_throttled_request_is_tried_again_after_growing_random_waits_and_counted(int status, string code)
    {
        RefuseFirst(3, FakeAws.XmlError(status, code));

        await AskAsync();

        Assert.Equal(3, _world.Metrics.Throttled("ec2", "DescribeAvailabilityZones").Value);
        Assert.Equal(4, _world.Metrics.Requests("ec2", "DescribeAvailabilityZones").Value);
        TimeSpan[] waits = [.. _world.Time.Waits];
        Assert.Equal(3, waits.Length);
        for (int index = 0; index < waits.Length; index++)
        {
            double nominal = Math.Pow(2, index);
            Assert.InRange(waits[index].TotalSeconds, nominal * 0.5, nominal * 1.5);
            Assert.NotEqual(nominal, waits[index].TotalSeconds);
        }
    }

    [Fact]
    public async Task Throttling_without_an_end_is_given_up_until_the_next_refresh()
    {
        RefuseFirst(100, FakeAws.XmlError(503, "RequestLimitExceeded", "Request limit exceeded."));

        AwsApiException refusal = await Assert.ThrowsAsync<AwsApiException>(() => AskAsync());

        Assert.Equal(
            "ec2:DescribeAvailabilityZones: RequestLimitExceeded: Request limit exceeded. (HTTP status 503)", refusal.Message);
        Assert.Equal(6, _world.Aws.Requests.Count);
    }

    [Fact]
    public async Task Trouble_of_the_service_passes()
    {
        RefuseFirst(2, FakeAws.Answer(500, "text/html", "<html>oops"));

        await AskAsync();

        Assert.Equal(0, _world.Metrics.Throttled("ec2", "DescribeAvailabilityZones").Value);
        Assert.Equal(3, _world.Aws.Requests.Count);
    }

    [Fact]
    public async Task A_refusal_that_trying_again_cannot_mend_is_final()
    {
        RefuseFirst(1, FakeAws.XmlError(403, "UnauthorizedOperation", "You are not authorized to perform this operation."));

        AwsApiException refusal = await Assert.ThrowsAsync<AwsApiException>(() => AskAsync());

        Assert.Equal("UnauthorizedOperation", refusal.Code);
        Assert.Single(_world.Aws.Requests);
    }

    [Fact]
    public async Task An_expired_token_is_looked_up_anew_once()
    {
        AwsCredentials fresh = new("AKIDFRESH", "fresh-secret", "fresh-token");
        _world.Aws.Trust(fresh);
        _world.Aws.Intercept = request =>
            request.AccessKeyId == fresh.AccessKeyId ? null : FakeAws.XmlError(400, "RequestExpired");

        await AskAsync(new ScriptedCredentials(FakeAws.Key, fresh));

        Assert.Equal(["AKIDFAKEAWS", "AKIDFRESH"], KeysUsed());
        Assert.Empty(_world.Time.Waits);
    }

    [Fact]
    public async Task A_token_that_stays_expired_is_a_failure_and_no_endless_loop()
    {
        _world.Aws.Intercept = static _ => FakeAws.XmlError(400, "ExpiredToken", "The security token has expired.");
        ScriptedCredentials credentials = new(FakeAws.Key);

        AwsApiException refusal = await Assert.ThrowsAsync<AwsApiException>(() => AskAsync(credentials));

        Assert.Contains("ExpiredToken", refusal.Message, StringComparison.Ordinal);
        Assert.Equal((1, 2), (credentials.Forgotten, _world.Aws.Requests.Count));
    }

    [Fact]
    public async Task Without_credentials_the_reason_is_said()
    {
        DiscoveryException failure = await Assert.ThrowsAsync<DiscoveryException>(() => AskAsync(new ScriptedCredentials()));

        Assert.Equal("no AWS credentials: no link of the chain has any", failure.Message);
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_by_the_verifier()
    {
        AwsApiException refusal = await Assert.ThrowsAsync<AwsApiException>(
            () => AskAsync(new ScriptedCredentials(FakeAws.Key with { SecretAccessKey = "other" })));

        Assert.Equal("SignatureDoesNotMatch", refusal.Code);
        Assert.Single(_world.Aws.BadSignatures);
    }

    [Fact]
    public async Task The_region_of_the_surroundings_is_found_once()
    {
        using AwsSession session = _world.Session(_world.Config("ec2") with { Region = "", Endpoint = "" });

        Assert.Equal(FakeAws.Region, await session.RegionAsync(TestContext.Current.CancellationToken));
        await new Ec2Client(session).DescribeZonesAsync(TestContext.Current.CancellationToken);
        Assert.Empty(_world.Aws.BadSignatures);
    }

    [Theory]
    [InlineData("ec2", "eu-west-1", "", "https://ec2.eu-west-1.amazonaws.com/")]
    [InlineData("ecs", "cn-north-1", "", "https://ecs.cn-north-1.amazonaws.com.cn/")]
    [InlineData("ec2", "us-iso-east-1", "", "https://ec2.us-iso-east-1.c2s.ic.gov/")]
    [InlineData("ec2", "us-isob-east-1", "", "https://ec2.us-isob-east-1.sc2s.sgov.gov/")]
    [InlineData("ec2", "us-east-1", "AWS_USE_FIPS_ENDPOINT=true", "https://ec2-fips.us-east-1.amazonaws.com/")]
    [InlineData("ec2", "us-gov-west-1", "AWS_USE_FIPS_ENDPOINT=true", "https://ec2.us-gov-west-1.amazonaws.com/")]
    [InlineData("ecs", "us-gov-west-1", "AWS_USE_FIPS_ENDPOINT=true", "https://ecs-fips.us-gov-west-1.amazonaws.com/")]
    [InlineData("ecs", "us-east-1", "AWS_USE_DUALSTACK_ENDPOINT=True", "https://ecs.us-east-1.api.aws/")]
    [InlineData("ec2", "us-east-1", "AWS_USE_DUALSTACK_ENDPOINT=true AWS_USE_FIPS_ENDPOINT=true", "https://ec2-fips.us-east-1.api.aws/")]
    [InlineData("ec2", "us-east-1", "AWS_ENDPOINT_URL=http://a:1", "http://a:1/")]
    [InlineData("ec2", "us-east-1", "AWS_ENDPOINT_URL=http://a:1 AWS_ENDPOINT_URL_EC2=http://b:1 AWS_ENDPOINT_URL_ECS=http://c:1", "http://b:1/")]
    public void Services_are_where_partition_and_environment_say(string service, string region, string variables, string url)
    {
        Dictionary<string, string> environment = [];
        foreach (string pair in variables.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            environment[pair[..equals]] = pair[(equals + 1)..];
        }

        AwsEndpoints endpoints = new(name => environment.GetValueOrDefault(name));
        Assert.Equal(url, endpoints.Find(service, region).AbsoluteUri);
    }

    [Theory]
    [InlineData("{\"__type\":\"com.amazonaws.ecs#ThrottlingException\",\"message\":\"Rate exceeded\"}", "ThrottlingException", "Rate exceeded")]
    [InlineData("{\"__type\":\"AccessDeniedException\",\"Message\":\"no\"}", "AccessDeniedException", "no")]
    [InlineData("{\"message\":\"x\"}", "FromHeader", "x")]
    [InlineData("{\"message\":", "FromHeader", "{\"message\":")]
    [InlineData("<Response><Errors><Error><Code>A</Code><Message>b\nc</Message></Error></Errors></Response>", "A", "b c")]
    [InlineData("<ErrorResponse><Error><Code>A</Code><Mess", "A", "<ErrorResponse><Error><Code>A</Code><Mess")]
    [InlineData("", "FromHeader", "")]
    [InlineData("oh no", "FromHeader", "oh no")]
    public void Errors_are_read_from_either_protocol(string body, string code, string message)
    {
        AwsApiException error = AwsErrorReader.Read(
            "op", System.Net.HttpStatusCode.BadRequest, "FromHeader:http://x/", Encoding.UTF8.GetBytes(body));

        Assert.Equal(code, error.Code);
        Assert.Equal($"op: {code}: {message} (HTTP status 400)", error.Message);
    }

    [Fact]
    public void Damaged_errors_are_still_errors()
    {
        Gen gen = Gen.Create(403);
        foreach (string body in (string[])["<Response><Errors><Error><Code>A</Code><Message>b</Message></Error></Errors></Response>", "{\"__type\":\"a#B\",\"message\":\"\\u00e4\"}"])
        {
            for (int run = 0; run < 2000; run++)
            {
                byte[] mutated = gen.Mutate(Encoding.UTF8.GetBytes(body));
                Assert.NotNull(AwsErrorReader.Read("op", System.Net.HttpStatusCode.BadRequest, "", mutated));
            }
        }
    }

    private async Task AskAsync(ICredentialProvider? credentials = null)
    {
        using AwsSession session = _world.Session(_world.Config("ec2"), credentials);
        await new Ec2Client(session).DescribeZonesAsync(TestContext.Current.CancellationToken);
    }

    private void RefuseFirst(int count, ScriptedResponse refusal) =>
        _world.Aws.Intercept = _ => Interlocked.Increment(ref _refusals) <= count ? refusal : null;

    private List<string> KeysUsed()
    {
        List<string> keys = [];
        foreach (FakeAwsRequest request in _world.Aws.Requests)
        {
            keys.Add(request.AccessKeyId);
        }

        return keys;
    }
}
