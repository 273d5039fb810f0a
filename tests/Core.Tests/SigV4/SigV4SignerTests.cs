using System.Text;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Amazon.Runtime.Internal.Auth;
using Xunit;

namespace AmpEdge.Core.Tests.SigV4;

public sealed class SigV4SignerTests
{
    private static readonly AwsCredentials s_credentials = new("AKIDEXAMPLE", "secret/key+1", "token==");
    private static readonly SigningScope s_scope = new("eu-central-1", "aps");
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 23, 59, 59, TimeSpan.Zero);

    [Fact]
    public void Random_requests_get_the_signature_that_the_sdk_computes()
    {
        Gen gen = Gen.Create(4711);
        SigV4Signer signer = new(s_scope);
        for (int round = 0; round < 500; round++)
        {
            RandomRequest request = RandomRequest.Create(gen);
            DateTimeOffset signedAt = s_now.AddMinutes(gen.Int(100_000));
            HeaderField[] headers = [.. request.Headers, new(AmzHeaders.Date, AmzDate.ToText(signedAt))];
            SigningSteps steps = signer.Explain(
                request.Parts(headers), PayloadHash.Of(request.Body), s_credentials, signedAt);
            AWS4SigningResult expected = AWS4Signer.ComputeSignature(
                s_credentials.AccessKeyId,
                s_credentials.SecretAccessKey,
                s_scope.Region,
                signedAt.UtcDateTime,
                s_scope.Service,
                steps.SignedHeaders,
                steps.CanonicalRequest);

            Assert.True(expected.Signature == steps.Signature, $"{gen}, round {round}: {request.Target}");
            Assert.EndsWith(steps.Signature, Authorize(signer, request, headers, signedAt), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Signing_allocates_nothing_once_the_key_of_the_day_is_derived()
    {
        SigV4Signer signer = new(s_scope);
        RequestParts parts = WriteRequest();
        byte[] buffer = new byte[signer.MaxAuthorizationLength(parts, s_credentials)];
        signer.WriteAuthorization(parts, PayloadHash.Empty, s_credentials, s_now, buffer);
        signer.WriteAuthorization(parts, PayloadHash.Empty, s_credentials, s_now, buffer);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
        {
            signer.WriteAuthorization(parts, PayloadHash.Empty, s_credentials, s_now, buffer);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void The_signing_key_follows_the_day_the_secret_and_nothing_else()
    {
        SigV4Signer signer = new(s_scope);
        string first = Sign(signer, s_credentials, s_now);
        string otherSecret = Sign(signer, s_credentials with { SecretAccessKey = "other" }, s_now);
        string nextDay = Sign(signer, s_credentials, s_now.AddSeconds(1));

        Assert.Equal(first, Sign(signer, s_credentials, s_now));
        Assert.NotEqual(first, otherSecret);
        Assert.Equal(nextDay, Sign(new SigV4Signer(s_scope), s_credentials, s_now.AddSeconds(1)));
    }

    [Theory]
    [InlineData("/a%2Fb", "/a%252Fb", "/a%2Fb")]
    [InlineData("", "/", "/")]
    [InlineData("//a/./b/../c//", "/a/c/", "//a/./b/../c//")]
    [InlineData("/..", "/", "/..")]
    [InlineData("/a/..", "/", "/a/..")]
    [InlineData("/a/.", "/a", "/a/.")]
    [InlineData("/%2E%2e/x", "/%252E%252e/x", "/../x")]
    [InlineData("/:'()*", "/%3A%27%28%29%2A", "/%3A%27%28%29%2A")]
    [InlineData("/ሴ/😀", "/%E1%88%B4/%F0%9F%98%80", "/%E1%88%B4/%F0%9F%98%80")]
    [InlineData("/100%", "/100%25", "/100%25")]
    public void Paths_are_resolved_and_escaped_twice_but_for_s3(string path, string expected, string expectedForS3)
    {
        Assert.Equal(expected, CanonicalLine(1, path, "", "aps"));
        Assert.Equal(expectedForS3, CanonicalLine(1, path, "", "s3"));
    }

    [Theory]
    [InlineData("b=2&a=1", "a=1&b=2")]
    [InlineData("a=2&a=1&a=", "a=&a=1&a=2")]
    [InlineData("a-b=1&a=2", "a=2&a-b=1")]
    [InlineData("query=a+b", "query=a%20b")]
    [InlineData("query=a%2Bb", "query=a%2Bb")]
    [InlineData("query=%e1%88%b4", "query=%E1%88%B4")]
    [InlineData("query=up%7Bjob%3D%22a%22%7D", "query=up%7Bjob%3D%22a%22%7D")]
    [InlineData("query=up{job=\"a\"}", "query=up%7Bjob%3D%22a%22%7D")]
    [InlineData("match[]=up&match[]=down&match[]=a", "match%5B%5D=a&match%5B%5D=down&match%5B%5D=up")]
    [InlineData("flag", "flag=")]
    [InlineData("a=1&&b=2&", "a=1&b=2")]
    [InlineData("a=b=c", "a=b%3Dc")]
    [InlineData("a=100%", "a=100%25")]
    [InlineData("a=%zz", "a=%25zz")]
    [InlineData("%41=1&B=2", "A=1&B=2")]
    [InlineData("e=😀", "e=%F0%9F%98%80")]
    public void Queries_are_encoded_once_and_sorted_by_encoded_name_then_value(string query, string expected)
    {
        Assert.Equal(expected, CanonicalLine(2, "/", query, "aps"));
        Assert.Equal(expected, CanonicalQuery.ToText(query));
        Assert.Same(expected, CanonicalQuery.ToText(expected));
    }

    [Fact]
    public void A_query_of_thousands_of_parameters_is_sorted_like_any_other()
    {
        Gen gen = Gen.Create(99);
        List<string> parameters = [];
        for (int index = 0; index < 3000; index++)
        {
            parameters.Add($"p{gen.Int(1000):D4}={gen.Int(100_000):D5}");
        }

        string canonical = CanonicalQuery.ToText(string.Join('&', parameters));

        parameters.Sort(StringComparer.Ordinal);
        Assert.Equal(string.Join('&', parameters), canonical);
    }

    [Fact]
    public void Headers_are_folded_trimmed_joined_and_sorted_by_lower_case_name()
    {
        HeaderField[] headers =
        [
            new("X-B", "  two   words\t here "),
            new("x-b", "again"),
            new("X_C", "1"),
            new("XA", "2"),
            new("Host", "h:8080"),
            new("User-Agent", "not signed"),
            new("Traceparent", "not signed"),
            new("Empty", ""),
        ];
        SigningSteps steps = new SigV4Signer(s_scope).Explain(
            new RequestParts("GET", "/", "", headers), PayloadHash.Empty, s_credentials, s_now);

        Assert.Equal("empty;host;x-b;x_c;xa", steps.SignedHeaders);
        Assert.Contains(
            "\nempty:\nhost:h:8080\nx-b:two words here,again\nx_c:1\nxa:2\n\n",
            steps.CanonicalRequest,
            StringComparison.Ordinal);
    }

    private static string CanonicalLine(int line, string path, string query, string service)
    {
        RequestParts parts = new("GET", path, query, [new HeaderField("Host", "h")]);
        SigV4Signer signer = new(new SigningScope("us-east-1", service));
        return signer.Explain(parts, PayloadHash.Empty, s_credentials, s_now).CanonicalRequest.Split('\n')[line];
    }

    private static string Authorize(
        SigV4Signer signer, RandomRequest request, HeaderField[] headers, DateTimeOffset signedAt)
    {
        RequestParts parts = request.Parts(headers);
        byte[] buffer = new byte[signer.MaxAuthorizationLength(parts, s_credentials)];
        int length = signer.WriteAuthorization(
            parts, PayloadHash.Of(request.Body), s_credentials, signedAt, buffer);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    private static string Sign(SigV4Signer signer, AwsCredentials credentials, DateTimeOffset at) =>
        signer.Explain(WriteRequest(), PayloadHash.Empty, credentials, at).Signature;

    private static RequestParts WriteRequest() => new(
        "POST",
        "/workspaces/ws-1/api/v1/remote_write",
        "",
        new HeaderField[]
        {
            new("Host", "aps-workspaces.eu-central-1.amazonaws.com"),
            new("Content-Encoding", "snappy"),
            new("Content-Type", "application/x-protobuf"),
            new("X-Prometheus-Remote-Write-Version", "0.1.0"),
            new("X-Amz-Date", AmzDate.ToText(s_now)),
            new("X-Amz-Security-Token", "token=="),
        });
}
