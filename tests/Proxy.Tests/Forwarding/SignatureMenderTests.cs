using System.Net;
using AmpEdge.Hosting;
using AmpEdge.SigV4;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

public sealed class SignatureMenderTests
{
    private static readonly AwsCredentials s_ended = new("AKIDENDED", "ended-secret", "ended-token");
    private static readonly byte[] s_body = new byte[300_000];

    [Theory]
    [InlineData(20)]
    [InlineData(-20)]
    [InlineData(-60 * 24 * 400)]
    public async Task A_wrong_clock_is_learned_from_the_first_refusal_and_corrected_from_then_on(int minutes)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(signingTime: new OffTime(TimeSpan.FromMinutes(minutes)));
        proxy.Upstream.Answer = context => AnswerVerifiedAsync(proxy, context);

        Assert.Equal(HttpStatusCode.OK, await PostAsync(proxy));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(proxy));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(proxy));
        Assert.Equal([false, true, true, true], Verified(proxy));
        Assert.All(proxy.Upstream.Requests, request => Assert.Equal(s_body, request.Body));
        Assert.Contains("this machine's clock is wrong", proxy.Log, StringComparison.Ordinal);
        Assert.Contains("ampedge_proxy_signature_retries_total{reason=\"clock_skew\"} 1\n", proxy.Metrics(), StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{proxy.Upstream.Port}\"}} {(minutes > 0 ? "-" : "")}", proxy.Metrics(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_that_are_refused_together_all_come_through()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(signingTime: new OffTime(TimeSpan.FromMinutes(20)));
        proxy.Upstream.Answer = context => AnswerVerifiedAsync(proxy, context);
        List<Task<HttpStatusCode>> requests = [];
        for (int index = 0; index < 20; index++)
        {
            requests.Add(PostAsync(proxy));
        }

        Assert.All(await Task.WhenAll(requests), status => Assert.Equal(HttpStatusCode.OK, status));
    }

    [Fact]
    public async Task A_refusal_with_a_wrong_date_is_tried_once_and_believed_by_nobody()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        proxy.Upstream.Answer = context =>
        {
            context.Response.Headers.Date = "Sat, 01 Jan 2000 00:00:00 GMT";
            return RefuseAsync(context, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.");
        };
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(proxy));
        Assert.Equal(2, proxy.Upstream.Requests.Count);

        proxy.Upstream.Answer = context => AnswerVerifiedAsync(proxy, context);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(proxy));
        Assert.Equal(3, proxy.Upstream.Requests.Count);
        Assert.DoesNotContain("clock_correction_seconds{", proxy.Metrics(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ExpiredTokenException", "The security token included in the request is expired", 403)]
    [InlineData("ExpiredToken", "expired", 400)]
    [InlineData("UnrecognizedClientException", "The security token included in the request is invalid.", 403)]
    public async Task Ended_credentials_are_replaced_and_the_request_is_sent_again_whole(string code, string message, int status)
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        proxy.Credentials = new(s_ended, "");
        proxy.ReplaceCredentials = (refused, _) =>
            ValueTask.FromResult(refused == s_ended ? ScriptedUpstream.Credentials : null);
        proxy.Upstream.Answer = context => AnswerVerifiedAsync(proxy, context, code, message, status);

        Assert.Equal(HttpStatusCode.OK, await PostAsync(proxy));
        Assert.Equal([false, true], Verified(proxy));
        Assert.All(proxy.Upstream.Requests, request => Assert.Equal(s_body, request.Body));
        Assert.All(proxy.Upstream.Requests, request => Assert.Equal("application/x-protobuf", request.Header("Content-Type")));
        Assert.Contains(
            "ampedge_proxy_signature_retries_total{reason=\"expired_credentials\"} 1\n", proxy.Metrics(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_other_credentials_the_refusal_reaches_the_caller_as_it_is()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        proxy.Credentials = new(s_ended, "");
        proxy.Upstream.Answer = context => AnswerVerifiedAsync(proxy, context, "ExpiredTokenException", "expired", 403);
        using HttpResponseMessage answer = await proxy.Client.GetAsync(new Uri(proxy.Address, "/x"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("{\"message\":\"expired\"}", await answer.Content.ReadAsStringAsync());
        Assert.Single(proxy.Upstream.Requests);
    }

    [Fact]
    public async Task A_wrong_clock_and_ended_credentials_are_mended_in_one_request()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync(signingTime: new OffTime(TimeSpan.FromHours(-9)));
        proxy.Credentials = new(s_ended, "");
        proxy.ReplaceCredentials = (_, _) => ValueTask.FromResult<AwsCredentials?>(ScriptedUpstream.Credentials);
        proxy.Upstream.Answer = context => AnswerVerifiedAsync(
            proxy, context, proxy.Upstream.Requests.Count == 1 ? "RequestTimeTooSkewed" : "ExpiredToken", "", 403);

        Assert.Equal(HttpStatusCode.OK, await PostAsync(proxy));
        Assert.Equal([false, false, true], Verified(proxy));
    }

    [Fact]
    public async Task Other_refusals_are_not_sent_again()
    {
        await using ProxyUnderTest proxy = await ProxyUnderTest.StartAsync();
        proxy.Upstream.Answer = context => RefuseAsync(context, "AccessDeniedException", "User is not authorized to perform: aps:RemoteWrite");

        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(proxy));
        Assert.Single(proxy.Upstream.Requests);
    }

    private static async Task<HttpStatusCode> PostAsync(ProxyUnderTest proxy)
    {
        using ByteArrayContent content = new(s_body);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/x-protobuf");
        using HttpResponseMessage answer = await proxy.Client.PostAsync(new Uri(proxy.Address, "/api/v1/remote_write"), content);
        return answer.StatusCode;
    }

    private static List<bool> Verified(ProxyUnderTest proxy)
    {
        List<bool> verified = [];
        foreach (UpstreamRequest request in proxy.Upstream.Requests)
        {
            verified.Add(request.Verification.IsVerified);
        }

        return verified;
    }

    /// <summary>Answers as a service does that checks signatures, with another error if the test wants one.</summary>
    private static Task AnswerVerifiedAsync(
        ProxyUnderTest proxy, HttpContext context, string? code = null, string? message = null, int status = 403)
    {
        // The request that is being answered is one of those, and they come one by one where it matters which.
        string authorization = context.Request.Headers.Authorization.ToString();
        foreach (UpstreamRequest request in proxy.Upstream.Requests)
        {
            if (request.Header("Authorization") == authorization)
            {
                VerificationResult found = request.Verification;
                return found.IsVerified
                    ? context.WriteTextAsync(200, "ok")
                    : RefuseAsync(context, code ?? found.ErrorName, message ?? found.Message, status);
            }
        }

        throw new InvalidOperationException("the request was not recorded");
    }

    private static async Task RefuseAsync(HttpContext context, string code, string message, int status = 403)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers["x-amzn-ErrorType"] = code;
        await context.Response.WriteAsync($"{{\"message\":\"{message}\"}}");
    }

    /// <summary>A machine whose clock is wrong.</summary>
    private sealed class OffTime(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;
    }
}
