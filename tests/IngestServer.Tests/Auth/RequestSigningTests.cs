using System.Linq;
using System.Net;
using AmpEdge.IngestServer.DataPlane;
using AmpEdge.IngestServer.Tests.Support;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Auth;

/// <summary>Who is let in: every way in which a signature can be wrong, against the running server.</summary>
public sealed class RequestSigningTests
{
    private const string Query = "query?query=1";

    [Fact]
    public async Task A_signed_query_is_answered()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpResponseMessage response = await SendAsync(server, Query, TestServer.Admin);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(Guid.TryParse(Header(response, RequestGuard.RequestIdHeader), out _));
    }

    [Fact]
    public async Task A_request_without_a_signature_is_refused_in_Amps_words()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpRequestMessage request = server.NewRequest(HttpMethod.Get, TestServer.PathOf(Query));
        using HttpResponseMessage response = await server.SendAsync(request);
        await AssertRefusedAsync(
            response, "MissingAuthenticationTokenException", "{\"message\":\"Missing Authentication Token\"}");
        Assert.Contains(
            "ampedge_requests_refused_total{reason=\"missing_token\"} 1", await server.MetricsAsync(), StringComparison.Ordinal);
        Assert.Contains("missing_token", server.Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_secret_shows_what_should_have_been_signed()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpResponseMessage response = await SendAsync(
            server, Query, TestServer.Admin with { SecretAccessKey = "wrong" });
        string text = await AssertRefusedAsync(response, "InvalidSignatureException", "does not match the signature you provided");
        Assert.Contains("The Canonical String for this request should have been", text, StringComparison.Ordinal);
        Assert.Contains("The String-to-Sign should have been", text, StringComparison.Ordinal);
        Assert.DoesNotContain("admin-secret", text + server.Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_key_learns_nothing_but_that()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpResponseMessage response = await SendAsync(server, Query, new AwsCredentials("AKIANOBODY", "x"));
        string text = await AssertRefusedAsync(
            response, "UnrecognizedClientException", "The security token included in the request is invalid.");
        Assert.DoesNotContain("Canonical", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_session_token_is_refused()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpResponseMessage response = await SendAsync(server, Query, TestServer.Writer with { SessionToken = null });
        await AssertRefusedAsync(response, "UnrecognizedClientException", "security token");
    }

    [Theory]
    [InlineData("us-east-1", "aps", "Credential should be scoped to a valid region.")]
    [InlineData(TestServer.Region, "s3", "Credential should be scoped to correct service: 'aps'.")]
    public async Task A_scope_of_another_region_or_service_is_refused(string region, string service, string expected)
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpRequestMessage request = server.Sign(
            server.NewRequest(HttpMethod.Get, TestServer.PathOf(Query)), TestServer.Admin, region, service);
        using HttpResponseMessage response = await server.SendAsync(request);
        await AssertRefusedAsync(response, "InvalidSignatureException", expected);
    }

    [Theory]
    [InlineData(-6, "Signature expired")]
    [InlineData(6, "Signature not yet current")]
    public async Task A_clock_that_is_six_minutes_off_is_refused(int minutes, string expected)
    {
        await using TestServer server = await TestServer.StartAsync();
        ManualTime clock = new(server.Time.GetUtcNow().AddMinutes(minutes));
        using HttpRequestMessage request = server.Sign(
            server.NewRequest(HttpMethod.Get, TestServer.PathOf(Query)), TestServer.Admin, clock: clock);
        using HttpResponseMessage response = await server.SendAsync(request);
        await AssertRefusedAsync(response, "InvalidSignatureException", expected);
    }

    [Fact]
    public async Task A_changed_body_query_or_header_breaks_the_signature()
    {
        await using TestServer server = await TestServer.StartAsync();
        byte[] body = new WriteBody().Series("up", (NowMs(server), 1)).Compressed();
        using HttpRequestMessage signed = server.Sign(
            server.NewWrite(TestServer.PathOf("remote_write"), body), TestServer.Admin);
        foreach (Action<HttpRequestMessage> tamper in (Action<HttpRequestMessage>[])
            [
                request => Replace(request, [.. body, 0]),
                request => request.RequestUri = new Uri(request.RequestUri + "?x=1"),
                request => request.Headers.Add("x-amz-meta", "1"),
                request => request.Headers.Host = "elsewhere",
            ])
        {
            using HttpRequestMessage copy = server.NewWrite(TestServer.PathOf("remote_write"), body);
            foreach ((string name, IEnumerable<string> values) in signed.Headers.NonValidated.Select(
                static header => (header.Key, (IEnumerable<string>)[header.Value.ToString()])))
            {
                copy.Headers.Remove(name);
                copy.Headers.TryAddWithoutValidation(name, values);
            }

            tamper(copy);
            using HttpResponseMessage response = await server.SendAsync(copy);
            await AssertRefusedAsync(response, "InvalidSignatureException", "\"message\"");
        }

        using HttpResponseMessage accepted = await server.SendAsync(signed);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    [Fact]
    public async Task A_caller_may_do_only_what_its_actions_and_workspaces_say()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpResponseMessage query = await SendAsync(server, Query, TestServer.Writer);
        await AssertRefusedAsync(
            query, "AccessDeniedException",
            "User: arn:aws:iam::123456789012:user/writer is not authorized to perform: aps:QueryMetrics on resource: "
            + $"arn:aws:aps:{TestServer.Region}:123456789012:workspace/{TestServer.WorkspaceId} "
            + "because no identity-based policy allows the aps:QueryMetrics action");

        byte[] body = new WriteBody().Series("up", (NowMs(server), 1)).Compressed();
        using HttpRequestMessage elsewhere = server.Sign(
            server.NewWrite($"/workspaces/{TestServer.OtherWorkspaceId}/api/v1/remote_write", body), TestServer.Writer);
        using HttpResponseMessage refused = await server.SendAsync(elsewhere);
        await AssertRefusedAsync(refused, "AccessDeniedException", "aps:RemoteWrite");

        using HttpRequestMessage here = server.Sign(
            server.NewWrite(TestServer.PathOf("remote_write"), body), TestServer.Writer);
        using HttpResponseMessage written = await server.SendAsync(here);
        Assert.Equal(HttpStatusCode.OK, written.StatusCode);
    }

    [Fact]
    public async Task An_unknown_workspace_is_found_missing_only_by_a_known_caller()
    {
        await using TestServer server = await TestServer.StartAsync();
        const string Path = "/workspaces/ws-none/api/v1/query?query=1";
        using HttpRequestMessage unsigned = server.NewRequest(HttpMethod.Get, Path);
        using HttpResponseMessage refused = await server.SendAsync(unsigned);
        await AssertRefusedAsync(refused, "MissingAuthenticationTokenException", "Missing");

        using HttpRequestMessage signed = server.Sign(server.NewRequest(HttpMethod.Get, Path), TestServer.Admin);
        using HttpResponseMessage missing = await server.SendAsync(signed);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal("ResourceNotFoundException", Header(missing, AmpErrorAnswer.ErrorTypeHeader));
        Assert.Equal(
            "{\"message\":\"Workspace not found\",\"resourceId\":\"ws-none\",\"resourceType\":\"AWS::APS::Workspace\"}",
            await TestServer.TextOf(missing));
    }

    [Theory]
    [InlineData("/workspaces/ws-none/nope")]
    [InlineData("/workspaces/ws-none/api/v1/target")]
    [InlineData("/workspaces/ws-none/api/v1/query/")]
    public async Task An_unknown_path_is_an_unknown_operation_for_a_known_caller(string path)
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpRequestMessage unsigned = server.NewRequest(HttpMethod.Get, path);
        using HttpResponseMessage refused = await server.SendAsync(unsigned);
        await AssertRefusedAsync(refused, "MissingAuthenticationTokenException", "Missing");

        using HttpRequestMessage signed = server.Sign(server.NewRequest(HttpMethod.Get, path), TestServer.Admin);
        using HttpResponseMessage unknown = await server.SendAsync(signed);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal("UnknownOperationException", Header(unknown, AmpErrorAnswer.ErrorTypeHeader));
    }

    [Fact]
    public async Task With_signatures_on_the_root_paths_do_not_exist()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpRequestMessage request = server.NewRequest(HttpMethod.Get, "/api/v1/query?query=1");
        using HttpResponseMessage response = await server.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_reload_replaces_keys_and_workspaces_and_a_bad_one_changes_nothing()
    {
        await using TestServer server = await TestServer.StartAsync();
        await File.WriteAllTextAsync(server.ConfigFile, "nonsense: 1", TestContext.Current.CancellationToken);
        Assert.Contains("server.yml:1:1 nonsense", await server.ReloadAsync(), StringComparison.Ordinal);
        Assert.Contains(
            "ampedge_config_last_reload_successful 0", await server.MetricsAsync(), StringComparison.Ordinal);
        using HttpResponseMessage still = await SendAsync(server, Query, TestServer.Admin);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);

        string changed = TestServer.Config
            .Replace("secret_key: admin-secret", "secret_key: other-secret", StringComparison.Ordinal)
            .Replace($"  - id: {TestServer.OtherWorkspaceId}", "  - id: ws-third", StringComparison.Ordinal);
        await File.WriteAllTextAsync(server.ConfigFile, changed, TestContext.Current.CancellationToken);
        Assert.Null(await server.ReloadAsync());
        using HttpResponseMessage old = await SendAsync(server, Query, TestServer.Admin);
        Assert.Equal(HttpStatusCode.Forbidden, old.StatusCode);

        AwsCredentials other = TestServer.Admin with { SecretAccessKey = "other-secret" };
        foreach ((string workspace, HttpStatusCode expected) in ((string, HttpStatusCode)[])
            [("ws-third", HttpStatusCode.OK), (TestServer.OtherWorkspaceId, HttpStatusCode.NotFound)])
        {
            using HttpRequestMessage request = server.Sign(
                server.NewRequest(HttpMethod.Get, $"/workspaces/{workspace}/api/v1/{Query}"), other);
            using HttpResponseMessage response = await server.SendAsync(request);
            Assert.Equal(expected, response.StatusCode);
        }
    }

    private static long NowMs(TestServer server) => server.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private static void Replace(HttpRequestMessage request, byte[] body)
    {
        using HttpContent? before = request.Content;
        request.Content = new ByteArrayContent(body);
    }

    private static async Task<HttpResponseMessage> SendAsync(TestServer server, string api, AwsCredentials credentials)
    {
        using HttpRequestMessage request = server.Sign(
            server.NewRequest(HttpMethod.Get, TestServer.PathOf(api)), credentials);
        return await server.SendAsync(request);
    }

    private static async Task<string> AssertRefusedAsync(HttpResponseMessage response, string name, string expected)
    {
        string text = await TestServer.TextOf(response);
        Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{response.StatusCode}: {text}");
        Assert.Equal(name, Header(response, AmpErrorAnswer.ErrorTypeHeader));
        Assert.Contains(expected, text, StringComparison.Ordinal);
        return text;
    }

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(',', values) : "";
}
