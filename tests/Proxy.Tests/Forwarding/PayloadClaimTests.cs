using System.Text;
using AmpEdge.SigV4;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

public sealed class PayloadClaimTests
{
    private static readonly string s_hash = PayloadHash.Of("abc"u8);

    public static TheoryData<string> Right => new(s_hash, s_hash.ToUpperInvariant(), PayloadHash.Unsigned, "");

    [Theory]
    [MemberData(nameof(Right))]
    public async Task A_hash_that_fits_the_body_goes_on_as_that_of_the_signature(string claimed)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        string answer = await PostAsync(proxy, claimed);

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Equal(s_hash, proxy.Upstream.Single().Header(AmzHeaders.ContentSha256));
        Assert.Equal("", proxy.Upstream.Single().Verification.Message);
    }

    [Theory]
    [InlineData("00", "does not fit the body: the header says '00', the body that arrived has ba7816bf8f01cfea")]
    [InlineData(PayloadHash.Empty, "it was changed on the way to the proxy")]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "bodies that were signed in pieces cannot be signed again")]
    public async Task A_hash_that_does_not_is_refused_before_anything_is_sent(string claimed, string told)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        string answer = await PostAsync(proxy, claimed);

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains(told, answer, StringComparison.Ordinal);
        Assert.Empty(proxy.Upstream.Requests);
        Assert.Contains("refused_requests_total{reason=\"wrong_payload_hash\"} 1\n", proxy.Metrics(), StringComparison.Ordinal);
    }

    private static Task<string> PostAsync(ProxyUnderTest proxy, string claimed) => proxy.SendRawAsync(
        new StringBuilder("POST /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 3\r\n")
            .Append("X-Amz-Content-Sha256: ").Append(claimed).Append("\r\n\r\nabc").ToString());
}
