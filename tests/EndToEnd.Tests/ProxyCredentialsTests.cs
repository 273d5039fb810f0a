using System.Globalization;
using System.Net;
using AmpEdge.EndToEnd.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

public sealed class ProxyCredentialsTests
{
    [Fact]
    public async Task A_proxy_without_credentials_starts_answers_503_and_works_once_a_profile_appears()
    {
        using WorkingFolder folder = new();
        using EchoServer echo = new();
        string file = folder.At("credentials");
        (RunningProgram proxy, int adminPort) = StartProxy(echo, [], new Dictionary<string, string>
        {
            ["AWS_SHARED_CREDENTIALS_FILE"] = file,
        });
        await using RunningProgram stopped = proxy;
        using HttpClient admin = new() { BaseAddress = new Uri(Local(adminPort)) };
        await WaitForAsync(admin, "/-/healthy", HttpStatusCode.OK, proxy);
        await Eventually.TrueAsync(
            async () => (await TextAsync(admin, "/-/ready")).Contains("no AWS credentials: ", StringComparison.Ordinal),
            () => proxy.Describe("readiness does not give the reason"));

        using HttpResponseMessage refused = await proxy.Http.GetAsync("/x", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.StartsWith("no AWS credentials", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        folder.Write("credentials", "[default]\naws_access_key_id = AKIDFROMFILE\naws_secret_access_key = secret\n");
        await WaitForAsync(admin, "/-/ready", HttpStatusCode.OK, proxy);
        Assert.Contains("Credential=AKIDFROMFILE/", await proxy.GetAsync("/x"), StringComparison.Ordinal);
        Assert.Equal(0, await proxy.StopAsync());
    }

    [Fact]
    public async Task A_role_is_assumed_with_its_external_id_and_the_session_signs()
    {
        using EchoServer echo = new();
        using FakeTokenService tokens = new();
        (RunningProgram proxy, int adminPort) = StartProxy(
            echo,
            ["--role-arn", "arn:aws:iam::123456789012:role/metrics", "--role-external-id", "the-external-id"],
            new Dictionary<string, string>
            {
                ["AWS_ACCESS_KEY_ID"] = "AKIDSOURCE",
                ["AWS_SECRET_ACCESS_KEY"] = "source-secret",
                ["AWS_ROLE_SESSION_NAME"] = "the-session",
                ["AWS_REGION"] = Pipeline.Region,
                ["AWS_ENDPOINT_URL_STS"] = tokens.Address,
            });
        await using RunningProgram stopped = proxy;
        using HttpClient admin = new() { BaseAddress = new Uri(Local(adminPort)) };
        await WaitForAsync(admin, "/-/ready", HttpStatusCode.OK, proxy);

        string arrived = await proxy.GetAsync("/x");
        Assert.Contains($"Credential={tokens.SessionKey}/", arrived, StringComparison.Ordinal);
        Assert.Contains($"X-Amz-Security-Token: {tokens.SessionToken}\n", arrived, StringComparison.OrdinalIgnoreCase);
        Assert.True(tokens.Requests.TryPeek(out string? asked));
        Assert.Contains("Action=AssumeRole&", asked, StringComparison.Ordinal);
        Assert.Contains("ExternalId=the-external-id", asked, StringComparison.Ordinal);
        Assert.Contains("RoleSessionName=the-session", asked, StringComparison.Ordinal);
        Assert.Contains("Credential=AKIDSOURCE/", asked, StringComparison.Ordinal);
        Assert.Contains(
            "ampedge_proxy_credentials_seconds_to_expiry 3", await TextAsync(admin, "/metrics"), StringComparison.Ordinal);
        Assert.DoesNotContain(tokens.SessionSecret, proxy.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(tokens.SessionToken, proxy.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--no-verify-ssl", "--unsafe-no-verify-ssl")]
    [InlineData("--port=nonsense", "allowed: a port such as 8080")]
    [InlineData("--nmae=aps", "did you mean --name?")]
    public async Task Wrong_flags_end_the_program_with_what_to_do(string flag, string advice)
    {
        await using RunningProgram proxy = RunningProgram.Start(
            Programs.Proxy, Ports.Free(), [flag, "--host", "example.org", "--region", "us-east-1"]);

        await Eventually.TrueAsync(() => Task.FromResult(proxy.HasExited), () => proxy.Describe("it runs on"));
        Assert.Equal(2, await proxy.StopAsync());
        Assert.Contains(advice, proxy.Output, StringComparison.Ordinal);
    }

    private static (RunningProgram Proxy, int AdminPort) StartProxy(
        EchoServer upstream, IEnumerable<string> flags, IReadOnlyDictionary<string, string> environment)
    {
        int port = Ports.Free();
        int adminPort = Ports.Free();
        RunningProgram proxy = RunningProgram.Start(
            Programs.Proxy,
            port,
            [
                "--name", "aps",
                "--region", Pipeline.Region,
                "--host", upstream.Address,
                "--upstream-url-scheme", "http",
                "--port", port.ToString(CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"--admin.listen-address=127.0.0.1:{adminPort}"),
                .. flags,
            ],
            environment);
        return (proxy, adminPort);
    }

    private static Task WaitForAsync(HttpClient client, string path, HttpStatusCode status, RunningProgram proxy) =>
        Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    using HttpResponseMessage answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
                    return answer.StatusCode == status;
                }
                catch (HttpRequestException)
                {
                    // Not listening yet.
                    return false;
                }
            },
            () => proxy.Describe($"{path} did not answer {status}"));

    private static async Task<string> TextAsync(HttpClient client, string path)
    {
        using HttpResponseMessage answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static string Local(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
}
