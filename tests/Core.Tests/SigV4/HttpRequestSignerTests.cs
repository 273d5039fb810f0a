using System.Net.Http.Headers;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.SigV4;

public sealed class HttpRequestSignerTests
{
    private static readonly AwsCredentials s_credentials = new("AKIDEXAMPLE", "secret", "token");
    private readonly ManualTime _time = new();

    [Fact]
    public void A_signed_message_verifies_as_it_goes_over_the_wire()
    {
        using HttpRequestMessage request = Write("http://localhost:9009/workspaces/ws-1/api/v1/remote_write");
        Signer().Sign(request, [1, 2, 3], s_credentials);

        Assert.Equal("", Verify(request, [1, 2, 3]).Message);
        Assert.False(Verify(request, [1, 2, 4]).IsVerified);
    }

    [Theory]
    [InlineData("http://h/a//b/../c?b=2&a=1+1", "/a/c?a=1%201&b=2")]
    [InlineData("http://h/a%2Fb?match[]=up", "/a%2Fb?match%5B%5D=up")]
    [InlineData("http://h", "/")]
    [InlineData("http://h/x?", "/x?")]
    [InlineData("http://h/x?a=1&b=2", "/x?a=1&b=2")]
    public void What_is_sent_is_what_was_signed(string url, string expectedTarget)
    {
        using HttpRequestMessage request = Write(url);
        Signer().Sign(request, [], s_credentials);

        Assert.Equal(expectedTarget, request.RequestUri!.PathAndQuery);
        Assert.Equal("", Verify(request, []).Message);
    }

    [Fact]
    public void Earlier_signatures_are_replaced_and_signing_again_is_fine()
    {
        using HttpRequestMessage request = Write("http://h/x");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer from-the-caller");
        request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", "stale");
        Signer().Sign(request, [], s_credentials);
        _time.Advance(TimeSpan.FromHours(1));
        Signer().Sign(request, [], s_credentials);

        Assert.Equal("", Verify(request, []).Message);
    }

    [Fact]
    public void Header_values_are_signed_and_sent_without_being_rewritten()
    {
        const string Type = "application/x-protobuf;proto=io.prometheus.write.v2.Request";
        using HttpRequestMessage request = Write("http://h/x");
        request.Content = new ByteArrayContent([]);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", Type);
        Signer().Sign(request, [], s_credentials);

        Assert.Equal(Type, request.Content.Headers.NonValidated["Content-Type"].ToString());
        Assert.Equal("", Verify(request, []).Message);
    }

    private HttpRequestSigner Signer() => new(new SigV4Signer(new SigningScope("us-east-1", "aps")), _time);

    private static HttpRequestMessage Write(string url)
    {
        HttpRequestMessage request = new(HttpMethod.Post, url) { Content = new ByteArrayContent([1, 2, 3]) };
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", "snappy");
        request.Headers.TryAddWithoutValidation("User-Agent", "ampedge");
        request.Headers.TryAddWithoutValidation("X-Prometheus-Remote-Write-Version", "0.1.0");
        return request;
    }

    private VerificationResult Verify(HttpRequestMessage request, byte[] body)
    {
        List<HeaderField> headers = [new("Host", request.Headers.Host ?? request.RequestUri!.Authority)];
        Add(headers, request.Headers.NonValidated);
        Add(headers, request.Content!.Headers.NonValidated);
        SigV4Verifier verifier = new(
            new VerifierOptions { Service = "aps", Regions = ["us-east-1"] },
            new SingleKey(new VerificationKey(s_credentials)),
            _time);
        return verifier.Verify(
            RequestParts.FromTarget("POST", request.RequestUri!.PathAndQuery, headers.ToArray()), body);
    }

    private static void Add(List<HeaderField> headers, HttpHeadersNonValidated from)
    {
        foreach (KeyValuePair<string, HeaderStringValues> header in from)
        {
            headers.Add(new HeaderField(header.Key, header.Value.ToString()));
        }
    }
}
