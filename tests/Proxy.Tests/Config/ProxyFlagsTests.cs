using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using Xunit;

namespace AmpEdge.Proxy.Tests.Config;

public sealed class ProxyFlagsTests
{
    [Fact]
    public void Without_flags_the_proxy_listens_on_loopback_and_signs_for_the_named_host()
    {
        ProxyConfig config = Parse();
        ListenerConfig listener = Assert.Single(config.Listeners);
        RouteConfig route = Assert.Single(config.Routes);

        Assert.Equal("127.0.0.1:8080", listener.Address);
        Assert.True(listener.IsLocal);
        Assert.Null(route.Upstream.Host);
        Assert.True(route.Upstream.VerifyTls);
    }

    [Fact]
    public void The_flags_of_a_sidecar_spec_mean_what_they_meant()
    {
        string[] args =
        [
            "--name", "aps", "--region", "us-east-1", "--host", "aps-workspaces.us-east-1.amazonaws.com",
            "--sign-host=aps-workspaces.us-east-1.amazonaws.com", "--role-arn", "arn:aws:iam::1:role/r",
            "--port", ":8005", "--upstream-url-scheme", "http", "--strip-header", "X-A", "--strip-header=X-B*",
            "--custom-headers", "X-C=1,X-D=a=b", "--duplicate-headers", "Authorization", "--strip-param", "p",
            "--log-failed-requests", "--log-signing-process", "--transport.idle-conn-timeout", "1m30s",
        ];
        ProxyConfig config = Parse(args);
        RouteConfig route = Assert.Single(config.Routes);

        Assert.Equal("aps", route.Signing.Service);
        Assert.Equal("us-east-1", route.Signing.Region);
        Assert.Equal("aps-workspaces.us-east-1.amazonaws.com", route.Upstream.Host);
        Assert.Equal("aps-workspaces.us-east-1.amazonaws.com", route.Upstream.SignHost);
        Assert.Equal("arn:aws:iam::1:role/r", Assert.Single(route.Signing.Credentials.Roles).RoleArn);
        Assert.Equal("us-east-1", route.Signing.Credentials.Region);
        Assert.Equal("127.0.0.1:8005", config.Listeners[0].Address);
        Assert.Equal("http", route.Upstream.Scheme);
        Assert.Equal(["X-A", "X-B*"], route.Headers.StripHeaders);
        Assert.Equal([new("X-C", "1"), new("X-D", "a=b")], route.Headers.CustomHeaders);
        Assert.Equal(["Authorization"], route.Headers.DuplicateHeaders);
        Assert.Equal(["p"], route.Headers.StripParameters);
        Assert.True(ParseSettings(args) is { LogFailedRequests: true, LogSigningProcess: true });
        Assert.Equal(TimeSpan.FromSeconds(90), route.Timeouts.IdleConnection);
    }

    [Fact]
    public void Short_and_old_names_work()
    {
        string[] args = ["-v", "-s", "X-A", "-s", "X-B", "--schema", "http"];
        RouteConfig route = Parse(args).Routes[0];

        Assert.True(ParseSettings(args) is { LogFailedRequests: true, LogSigningProcess: true });
        Assert.Equal(["X-A", "X-B"], route.Headers.StripHeaders);
        Assert.Equal("http", route.Upstream.Scheme);
    }

    [Theory]
    [InlineData("8080", "127.0.0.1:8080")]
    [InlineData(":8080", "127.0.0.1:8080")]
    [InlineData("0.0.0.0:8080", "0.0.0.0:8080")]
    [InlineData("[::1]:8080", "[::1]:8080")]
    [InlineData("localhost:0", "localhost:0")]
    public void A_port_alone_is_loopback(string port, string expected)
    {
        Assert.Equal(expected, Parse("--port", port, "--host", "h").Listeners[0].Address);
    }

    [Theory]
    [InlineData("--no-verify-ssl", "--unsafe-no-verify-ssl")]
    [InlineData("--unsigned-payload", "--unsafe-unsigned-payload")]
    [InlineData("--port=0.0.0.0:8080", "--unsafe-any-host")]
    public void What_is_unsafe_has_to_be_said_twice(string flag, string confirmation)
    {
        Assert.Contains(confirmation, Assert.Single(Problems(flag)), StringComparison.Ordinal);
        Assert.Empty(Problems(flag, confirmation));
    }

    [Theory]
    [InlineData("--upstream-url-scheme=ftp", "allowed: http, https")]
    [InlineData("--port=x", "--port: got 'x'")]
    [InlineData("--host=http://h/", "--host: got 'http://h/'")]
    [InlineData("--custom-headers=nonsense", "name=value")]
    [InlineData("--role-external-id=x", "--role-arn")]
    [InlineData("--max-request-body=2GB", "allowed: from 1B to 512MB")]
    [InlineData("--upstream.timeout=0", "--upstream.timeout: got '0s', allowed: from 1ms to 24d")]
    [InlineData("--transport.connect-timeout=0s", "--transport.connect-timeout: got '0s', allowed: from 1ms to 24d")]
    [InlineData("--transport.idle-conn-timeout=1y", "--transport.idle-conn-timeout: got '1y', allowed: from 0s to 24d")]
    [InlineData("--drain-timeout=1y", "--drain-timeout: got '1y', allowed: from 0s to 24d")]
    [InlineData("--custom-headers=X A=1", "--custom-headers: got 'X A=1'")]
    [InlineData("--custom-headers=X-A=a\nb", "--custom-headers: got 'X-A=a\nb'")]
    [InlineData("--sign-host=é.com", "--sign-host: got 'é.com'")]
    public void What_cannot_be_is_named_with_what_can(string flag, string expected)
    {
        Assert.Contains(Problems(flag), problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_problem_is_told_at_once()
    {
        List<string> problems = Problems("--port=0.0.0.0:8080", "--max-request-body=0", "--unsigned-payload");

        Assert.Equal(3, problems.Count);
    }

    [Fact]
    public void No_idle_time_limit_means_none_as_it_always_did()
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, Parse("--transport.idle-conn-timeout=0s").Routes[0].Timeouts.IdleConnection);
    }

    [Fact]
    public void An_upstream_that_is_the_proxy_itself_is_refused()
    {
        Assert.Contains(
            "--host: localhost:8080 is this proxy's own listener",
            Assert.Single(Problems("--host=localhost:8080", "--upstream-url-scheme=http")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_and_the_flags_of_a_route_exclude_each_other()
    {
        Assert.Equal(
            [
                "flag --region: the file of --config.file says that; give one of the two",
                "flag --port: the file of --config.file says that; give one of the two",
            ],
            Problems("--config.file=proxy.yml", "--port=8080", "--region=us-east-1", "--max-buffered=1MB"));
    }

    private static ProxyConfig Parse(params string[] args)
    {
        List<string> problems = [];
        ProxyConfig config = Read(args).ToConfig(problems);
        Assert.Empty(problems);
        return config;
    }

    private static ProxySettings ParseSettings(params string[] args)
    {
        List<string> problems = [];
        ProxySettings settings = Read(args).ToSettings(problems);
        Assert.Empty(problems);
        return settings;
    }

    private static List<string> Problems(params string[] args)
    {
        List<string> problems = [];
        ProxyFlags flags = Read(args);
        flags.ToSettings(problems);
        flags.ToConfig(problems);
        return problems;
    }

    private static ProxyFlags Read(string[] args)
    {
        CommandLine commandLine = new("ampedge-proxy", "Signs.", typeof(ProxyFlags).Assembly);
        ProxyFlags flags = new(commandLine);
        using StringWriter said = new();
        Assert.True(commandLine.TryParse(args, said, said, out _), said.ToString());
        return flags;
    }
}
