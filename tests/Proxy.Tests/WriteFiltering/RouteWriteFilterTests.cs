using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Proxy.Tests.Forwarding;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Proxy.Tests.WriteFiltering;

public sealed class RouteWriteFilterTests
{
    private const string Yaml = """
        routes:
          - name: write
            upstream: UPSTREAM
            sigv4: {region: us-east-1}
            limits: {samples_per_second: 4}
            write_relabel_configs:
              - {source_labels: [i], regex: "[^1]", action: drop}
              - {target_label: cluster, replacement: eu}
        """;

    [Theory]
    [InlineData(WriteProtocol.V1)]
    [InlineData(WriteProtocol.V2)]
    public async Task The_upstream_gets_what_the_rules_leave_with_a_good_signature(WriteProtocol protocol)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(Yaml);
        proxy.Upstream.Answer = context =>
        {
            context.Response.StatusCode = 204;
            context.Response.Headers[WriteHeaders.SamplesWritten] = "2";
            return Task.CompletedTask;
        };
        using HttpResponseMessage answer = await SendAsync(proxy, protocol, WriteBodies.Encode(protocol, 5, 2));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.True(proxy.Upstream.Single().Verification.IsVerified, proxy.Upstream.Single().Verification.Message);
        WriteRequestContent left = Read(proxy.Upstream.Single().Body, protocol);
        Assert.All(left.Samples, static sample => Assert.Equal("__name__=up,cluster=eu,i=1", sample.Series));
        Assert.Equal(2, left.Samples.Count);
        Assert.Equal(protocol == WriteProtocol.V2 ? "10" : "2", Assert.Single(answer.Headers.GetValues(WriteHeaders.SamplesWritten)));
        Assert.Contains("ampedge_proxy_write_filter_series_total{route=\"write\",result=\"dropped\"} 4\n", proxy.Metrics(), StringComparison.Ordinal);
        Assert.Contains("ampedge_proxy_write_filter_series_total{route=\"write\",result=\"changed\"} 1\n", proxy.Metrics(), StringComparison.Ordinal);
        Assert.Contains("ampedge_proxy_write_filter_dropped_samples_total{route=\"write\"} 8\n", proxy.Metrics(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WriteProtocol.V1)]
    [InlineData(WriteProtocol.V2)]
    public async Task A_write_of_which_nothing_is_left_is_answered_here(WriteProtocol protocol)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(Yaml);
        using HttpResponseMessage answer = await SendAsync(proxy, protocol, WriteBodies.Encode(protocol, 1, 100));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Empty(proxy.Upstream.Requests);
        Assert.Equal(protocol == WriteProtocol.V2, answer.Headers.TryGetValues(WriteHeaders.SamplesWritten, out IEnumerable<string>? written));
        Assert.Equal(protocol == WriteProtocol.V2 ? "100" : "", string.Join(',', written ?? []));
    }

    [Fact]
    public async Task Reads_and_other_paths_pass_as_they_are()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(Yaml);
        using StringContent body = new("query=up", new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        using HttpResponseMessage answer = await proxy.Client.PostAsync(
            new Uri(proxy.Address, "/api/v1/query"), body, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("query=up", Encoding.UTF8.GetString(proxy.Upstream.Single().Body));
    }

    [Theory]
    [InlineData("no snappy at all", "", 400, "is no remote write message of version 1.0 or 2.0")]
    [InlineData("", "", 400, "is no remote write message of version 1.0 or 2.0")]
    [InlineData("x", "zstd", 415, "cannot look into Content-Encoding zstd; send snappy")]
    public async Task What_cannot_be_looked_into_is_refused(string text, string encoding, int status, string told)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(Yaml);
        using HttpResponseMessage answer = await SendAsync(proxy, WriteProtocol.V1, Encoding.ASCII.GetBytes(text), encoding);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(told, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("ampedge_proxy_refused_requests_total{reason=\"not_filterable\"} 1\n", proxy.Metrics(), StringComparison.Ordinal);
        Assert.Empty(proxy.Upstream.Requests);
    }

    [Fact]
    public async Task A_body_that_is_huge_once_it_is_unpacked_is_refused_before_that()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(Yaml);
        byte[] zeros = new byte[(64 << 20) + 1];
        byte[] packed = new byte[Snappy.MaxEncodedLength(zeros.Length)];
        using HttpResponseMessage answer = await SendAsync(proxy, WriteProtocol.V1, packed[..Snappy.Encode(zeros, packed)]);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData(true, 204)]
    [InlineData(false, 400)]
    public async Task A_callers_own_hash_is_that_of_the_body_it_sent(bool isRight, int status)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartWithFileAsync(Yaml);
        proxy.Upstream.Answer = static context =>
        {
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        };
        byte[] body = WriteBodies.Encode(WriteProtocol.V1, 3, 1);
        string hash = Convert.ToHexStringLower(SHA256.HashData(isRight ? body : []));
        using HttpResponseMessage answer = await SendAsync(proxy, WriteProtocol.V1, body, hash: hash);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(isRight ? 1 : 0, proxy.Upstream.Requests.Count);
    }

    private static WriteRequestContent Read(byte[] body, WriteProtocol protocol)
    {
        Assert.True(Snappy.TryGetDecodedLength(body, out int length));
        byte[] message = new byte[length];
        Assert.True(Snappy.TryDecode(body, message, out _));
        return protocol == WriteProtocol.V1 ? WriteRequestContent.ReadV1(message) : WriteRequestContent.ReadV2(message);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        ProxyUnderTest proxy, WriteProtocol protocol, byte[] body, string encoding = "snappy", string? hash = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(proxy.Address, "/workspaces/w/api/v1/remote_write"))
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(WriteHeaders.ContentTypeOf(protocol));
        if (encoding.Length > 0)
        {
            request.Content.Headers.ContentEncoding.Add(encoding);
        }

        if (hash is not null)
        {
            request.Headers.Add("X-Amz-Content-Sha256", hash);
        }

        return await proxy.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
