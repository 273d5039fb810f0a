using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using Xunit;

namespace AmpEdge.Proxy.Tests.Config;

public sealed class ProxyFlagsTests
{
    [Fact]
    public void Without_flags_the_proxy_listens_on_loopback_and_signs_for_the_named_host()
    {
        ProxyOptions options = Parse();

        Assert.Equal("127.0.0.1:8080", options.ListenAddress);
        Assert.True(options.ListensOnLoopback);
        Assert.Null(options.Host);
        Assert.True(options.VerifyTls);
    }

    [Fact]
    public void The_flags_of_a_sidecar_spec_mean_what_they_meant()
    {
        ProxyOptions options = Parse(
            "--name", "aps", "--region", "us-east-1", "--host", "aps-workspaces.us-east-1.amazonaws.com",
            "--sign-host=aps-workspaces.us-east-1.amazonaws.com", "--role-arn", "arn:aws:iam::1:role/r",
            "--port", ":8005", "--upstream-url-scheme", "http", "--strip-header", "X-A", "--strip-header=X-B*",
            "--custom-headers", "X-C=1,X-D=a=b", "--duplicate-headers", "Authorization", "--strip-param", "p",
            "--log-failed-requests", "--log-signing-process", "--transport.idle-conn-timeout", "1m30s");

        Assert.Equal("aps", options.Service);
        Assert.Equal("us-east-1", options.Region);
        Assert.Equal("aps-workspaces.us-east-1.amazonaws.com", options.Host);
        Assert.Equal("aps-workspaces.us-east-1.amazonaws.com", options.SignHost);
        Assert.Equal("arn:aws:iam::1:role/r", options.RoleArn);
        Assert.Equal("127.0.0.1:8005", options.ListenAddress);
        Assert.Equal("http", options.Scheme);
        Assert.Equal(["X-A", "X-B*"], options.Rules.StripHeaders);
        Assert.Equal([new("X-C", "1"), new("X-D", "a=b")], options.Rules.CustomHeaders);
        Assert.Equal(["Authorization"], options.Rules.DuplicateHeaders);
        Assert.Equal(["p"], options.Rules.StripParameters);
        Assert.True(options is { LogFailedRequests: true, LogSigningProcess: true });
        Assert.Equal(TimeSpan.FromSeconds(90), options.IdleConnectionTimeout);
    }

    [Fact]
    public void Short_and_old_names_work()
    {
        ProxyOptions options = Parse("-v", "-s", "X-A", "-s", "X-B", "--schema", "http");

        Assert.True(options is { LogFailedRequests: true, LogSigningProcess: true });
        Assert.Equal(["X-A", "X-B"], options.Rules.StripHeaders);
        Assert.Equal("http", options.Scheme);
    }

    [Theory]
    [InlineData("8080", "127.0.0.1:8080")]
    [InlineData(":8080", "127.0.0.1:8080")]
    [InlineData("0.0.0.0:8080", "0.0.0.0:8080")]
    [InlineData("[::1]:8080", "[::1]:8080")]
    [InlineData("localhost:0", "localhost:0")]
    public void A_port_alone_is_loopback(string port, string expected)
    {
        Assert.Equal(expected, Parse("--port", port, "--host", "h").ListenAddress);
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
        Assert.Equal(Timeout.InfiniteTimeSpan, Parse("--transport.idle-conn-timeout=0s").IdleConnectionTimeout);
    }

    private static ProxyOptions Parse(params string[] args)
    {
        List<string> problems = [];
        ProxyOptions options = Read(args, problems);
        Assert.Empty(problems);
        return options;
    }

    private static List<string> Problems(params string[] args)
    {
        List<string> problems = [];
        Read(args, problems);
        return problems;
    }

    private static ProxyOptions Read(string[] args, List<string> problems)
    {
        CommandLine commandLine = new("ampedge-proxy", "Signs.", typeof(ProxyOptions).Assembly);
        ProxyFlags flags = new(commandLine);
        using StringWriter said = new();
        Assert.True(commandLine.TryParse(args, said, said, out _), said.ToString());
        return flags.ToOptions(problems);
    }
}
