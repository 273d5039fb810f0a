using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>
/// What the proxy's README tells to put beside Prometheus, beside Grafana, on EC2 and in ECS, run as it stands there. Upstream,
/// ports and paths alone are led to this machine.
/// </summary>
public sealed partial class SnippetsTests
{
    private const string Amp = "aps-workspaces.us-east-1.amazonaws.com";
    private const string Workspace = "/workspaces/ws-12345678-90ab-cdef-1234-567890abcdef";

    private static readonly string s_readme = File.ReadAllText(Path.Combine(Oracle.RepositoryRoot, "proxy", "README.md"));

    [Fact]
    public async Task Beside_Prometheus_its_samples_arrive_signed()
    {
        string[] blocks = Blocks("### Beside Prometheus, in Kubernetes");
        using WorkingFolder folder = new();
        await using SigningUpstream upstream = new(region: "us-east-1", FakeIdentity.Session);
        await using RunningProgram proxy = await StartAsync([.. Arguments(blocks[0])], upstream, Session());
        int own = Ports.Free();
        string file = folder.Write(
            "prometheus.yml",
            blocks[1].Replace("127.0.0.1:8005", proxy.Address, StringComparison.Ordinal)
                .Replace("localhost:9090", $"127.0.0.1:{own}", StringComparison.Ordinal)
                .Replace("15s", "1s", StringComparison.Ordinal));
        await using RunningProgram prometheus = RunningProgram.Start(
            Oracle.Program("prometheus"), own,
            ["--config.file", file, "--storage.tsdb.path", folder.At("data"), $"--web.listen-address=127.0.0.1:{own}"]);

        await Eventually.TrueAsync(
            () => Task.FromResult(!upstream.Requests.IsEmpty), () => proxy.Describe(prometheus.Describe("nothing was written")));
        Assert.All(upstream.Refusals, Assert.Empty);
        Assert.True(upstream.Requests.TryPeek(out ScriptedRequest? written));
        Assert.Equal($"{Workspace}/api/v1/remote_write", written.Target);
    }

    [Fact]
    public async Task Beside_Grafana_its_calls_are_answered_and_equal_ones_once()
    {
        string[] blocks = Blocks("### Beside Grafana");
        using WorkingFolder folder = new();
        await using SigningUpstream upstream = new(region: "us-east-1", FakeIdentity.Session);
        int port = Ports.Free();
        Assert.Contains("    url: http://127.0.0.1:8005\n", blocks[1], StringComparison.Ordinal);
        string file = folder.Write(
            "proxy.yml",
            blocks[0].Replace("127.0.0.1:8005", $"127.0.0.1:{port}", StringComparison.Ordinal)
                .Replace("    workspace:", $"    upstream: http://{upstream.Address}\n    workspace:", StringComparison.Ordinal));
        await using RunningProgram proxy = RunningProgram.Start(
            Programs.Proxy, port, ["--config.file", file, $"--admin.listen-address=127.0.0.1:{Ports.Free()}"], Session());
        await proxy.WaitUntilReadyAsync("/api/v1/labels");
        upstream.Requests.Clear();
        Assert.Contains("\"version\"", await proxy.GetAsync("/api/v1/status/buildinfo"), StringComparison.Ordinal);
        for (int panel = 0; panel < 3; panel++)
        {
            using FormUrlEncodedContent query = new(new Dictionary<string, string>
            {
                ["query"] = "rate(up[1m])", ["start"] = "1700000000", ["end"] = "1700003600", ["step"] = "15",
            });
            using HttpResponseMessage answer = await proxy.Http.PostAsync(
                "/api/v1/query_range", query, TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, proxy.Describe("a panel has no data"));
        }

        using HttpResponseMessage refused = await proxy.Http.PostAsync(
            "/api/v1/remote_write", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        ScriptedRequest asked = Assert.Single(upstream.Requests);
        Assert.Equal(
            $"{Workspace}/api/v1/query_range?max_samples_processed_error_threshold=1000000000", asked.Target);
        Assert.All(upstream.Refusals, Assert.Empty);
    }

    [Fact]
    public async Task On_EC2_the_unit_is_one_and_the_instances_role_signs()
    {
        string unit = Assert.Single(Blocks("### On EC2"));
        using WorkingFolder folder = new();
        await using FakeIdentity identity = new();
        await using SigningUpstream upstream = new(region: "us-east-1", FakeIdentity.Session);
        int port = Ports.Free();
        string file = folder.Write(
            "proxy.yml",
            Blocks("### Beside Grafana")[0].Replace("127.0.0.1:8005", $"127.0.0.1:{port}", StringComparison.Ordinal)
                .Replace("    workspace:", $"    upstream: http://{upstream.Address}\n    workspace:", StringComparison.Ordinal));
        string command = ExecStart().Match(unit).Groups[1].Value;
        string[] words = command.Replace("/etc/ampedge/proxy.yml", file, StringComparison.Ordinal).Split(' ');
        await using RunningProgram proxy = RunningProgram.Start(
            Programs.Proxy, port, [.. words[1..], $"--admin.listen-address=127.0.0.1:{Ports.Free()}"],
            new Dictionary<string, string>
            {
                ["AWS_EC2_METADATA_DISABLED"] = "false",
                ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = identity.Url,
            });
        await proxy.WaitUntilReadyAsync("/api/v1/labels");
        Assert.All(upstream.Refusals, Assert.Empty);

        string written = folder.Write(
            "ampedge-proxy.service", unit.Replace("/usr/local/bin/ampedge-proxy", Programs.Proxy, StringComparison.Ordinal));
        await using RunningProgram check = RunningProgram.Start(Oracle.Program("systemd-analyze"), 0, ["verify", "--man=no", written]);
        await Eventually.TrueAsync(() => Task.FromResult(check.HasExited), () => check.Describe("it runs on"));
        Assert.True(await check.StopAsync() == 0 && !check.Output.Contains("ampedge-proxy.service:", StringComparison.Ordinal), check.Output);
    }

    [Fact]
    public async Task In_ECS_the_tasks_role_signs()
    {
        string definition = Assert.Single(Blocks("### In ECS"));
        using JsonDocument json = JsonDocument.Parse(definition);
        List<string> arguments = [];
        foreach (JsonElement word in json.RootElement.GetProperty("containerDefinitions")[0].GetProperty("command").EnumerateArray())
        {
            arguments.Add(word.GetString()!);
        }

        await using FakeIdentity identity = new();
        await using SigningUpstream upstream = new(region: "us-east-1", FakeIdentity.Session);
        await using RunningProgram proxy = await StartAsync(arguments, upstream, new Dictionary<string, string>
        {
            ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = FakeIdentity.RelativeUri,
            ["http_proxy"] = identity.Url,
            ["no_proxy"] = "127.0.0.1",
        });

        await proxy.GetAsync($"{Workspace}/api/v1/query?query=up");
        Assert.All(upstream.Refusals, Assert.Empty);
    }

    [Fact]
    public async Task Whoami_of_the_sidecar_tells_who_signs()
    {
        await using SigningUpstream upstream = new(region: "us-east-1", FakeIdentity.Session);
        await using RunningProgram whoami = RunningProgram.Start(
            Programs.Proxy, 0,
            ["whoami", .. Led(Arguments(Blocks("### Beside Prometheus, in Kubernetes")[0]), upstream, Ports.Free())], Session());
        await Eventually.TrueAsync(() => Task.FromResult(whoami.HasExited), () => whoami.Describe("it runs on"));

        Assert.True(await whoami.StopAsync() == 0, whoami.Output);
        Assert.Contains("the signature is good", whoami.Output, StringComparison.Ordinal);
    }

    private static async Task<RunningProgram> StartAsync(
        IEnumerable<string> arguments, SigningUpstream upstream, Dictionary<string, string> environment)
    {
        int port = Ports.Free();
        RunningProgram proxy = RunningProgram.Start(Programs.Proxy, port, Led(arguments, upstream, port), environment);
        await proxy.WaitUntilReadyAsync($"{Workspace}/api/v1/labels");
        upstream.Requests.Clear();
        return proxy;
    }

    /// <summary>The flags of a snippet, led to an upstream and ports of this machine.</summary>
    private static IEnumerable<string> Led(IEnumerable<string> arguments, SigningUpstream upstream, int port)
    {
        foreach (string argument in arguments)
        {
            if (!argument.StartsWith("--admin.", StringComparison.Ordinal))
            {
                yield return argument.Replace(Amp, upstream.Address, StringComparison.Ordinal)
                    .Replace("--port=8005", string.Create(CultureInfo.InvariantCulture, $"--port={port}"), StringComparison.Ordinal);
            }
        }

        yield return "--upstream-url-scheme=http";
        yield return string.Create(CultureInfo.InvariantCulture, $"--admin.listen-address=127.0.0.1:{Ports.Free()}");
    }

    private static Dictionary<string, string> Session() => new()
    {
        ["AWS_ACCESS_KEY_ID"] = FakeIdentity.Session.AccessKeyId,
        ["AWS_SECRET_ACCESS_KEY"] = FakeIdentity.Session.SecretAccessKey,
        ["AWS_SESSION_TOKEN"] = FakeIdentity.Session.SessionToken!,
    };

    /// <summary>The arguments of a container: the lines of its list of flags, without their remarks.</summary>
    private static IEnumerable<string> Arguments(string container)
    {
        foreach (Match flag in Flag().Matches(container))
        {
            yield return flag.Groups[1].Value;
        }
    }

    /// <summary>The fenced blocks of a section, in order.</summary>
    private static string[] Blocks(string heading)
    {
        int start = s_readme.IndexOf(heading + "\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"there is no section {heading}");
        string section = s_readme[(start + heading.Length)..];
        int end = section.IndexOf("\n## ", StringComparison.Ordinal);
        int next = section.IndexOf("\n### ", StringComparison.Ordinal);
        section = section[..(next >= 0 && next < end ? next : end)];
        List<string> blocks = [];
        foreach (Match block in Fence().Matches(section))
        {
            blocks.Add(block.Groups[1].Value);
        }

        return [.. blocks];
    }

    [GeneratedRegex("```[a-z]+\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^\s+- (--[^\s#]+)", RegexOptions.Multiline)]
    private static partial Regex Flag();

    [GeneratedRegex("^ExecStart=(.+)$", RegexOptions.Multiline)]
    private static partial Regex ExecStart();
}
