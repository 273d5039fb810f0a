using System.Globalization;
using System.Net;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>The agent on a machine whose resolver fails: names of targets and of the destination come from a server of the test.</summary>
public sealed class NameResolutionTests
{
    /// <summary>The C library asks port 53 alone, so the server has an address of loopback for itself.</summary>
    private const int DnsPort = 53;

    private enum Resolver
    {
        Answers,
        Fails,
        IsSilent,
    }

    [Fact]
    public async Task While_no_name_resolves_targets_stay_and_samples_wait_and_all_arrives_when_names_are_back()
    {
        using WorkingFolder folder = new();
        Resolver state = Resolver.Answers;
        IPAddress address = new([127, 53, (byte)(Environment.ProcessId >> 8), (byte)Environment.ProcessId]);
        await using FakeDnsServer dns = new(question => Answer(state, question), new IPEndPoint(address, DnsPort));
        await using RawTarget named = new(static (number, client, stop) =>
            client.GetStream().WriteAsync(RawTarget.Page($"named_number {number}\n"), stop).AsTask());
        using ScriptedTarget direct = new(static scrape => $"direct_number {scrape}\n");
        using ScriptedTarget discovered = new(static scrape => $"discovered_number {scrape}\n");
        await using ContentReceiver receiver = new(WriteProtocol.V1);
        await using RunningProgram agent = await Pipeline.StartAgentThroughAsync(
            Through(folder, address), folder, Config(named, direct, discovered, receiver), new Dictionary<string, string>());
        await ArrivesAsync(agent, receiver, "named_number", 3);
        await ArrivesAsync(agent, receiver, "discovered_number", 3);

        foreach (Resolver failure in (Resolver[])[Resolver.Fails, Resolver.IsSilent])
        {
            double failedLookups = await agent.SumAsync("prometheus_sd_dns_lookup_failures_total");
            int scrapes = discovered.Scrapes;
            int requests = named.Requests;
            state = failure;
            await Eventually.TrueAsync(
                async () => await agent.SumAsync("prometheus_sd_dns_lookup_failures_total") > failedLookups,
                () => agent.Describe($"dns_sd_configs does not notice that the resolver is one that {failure}"));
            await Eventually.TrueAsync(
                async () => (await agent.GetAsync("/api/v1/targets")).Contains("\"health\":\"down\"", StringComparison.Ordinal),
                () => agent.Describe($"no target is down with a resolver that {failure}"));
            await Eventually.TrueAsync(
                async () => await agent.SumAsync("prometheus_remote_storage_samples_retried_total") > 0,
                () => agent.Describe($"the destination is found with a resolver that {failure}"));
            await Eventually.TrueAsync(
                () => Task.FromResult(discovered.Scrapes > scrapes + 10),
                () => agent.Describe("what was discovered is not scraped any more"));

            state = Resolver.Answers;
            await ArrivesAsync(agent, receiver, "named_number", requests + 5);
            await ArrivesAsync(agent, receiver, "direct_number", direct.Scrapes);
        }

        AssertWhole(receiver, "direct_number", direct.Scrapes);
        AssertWhole(receiver, "discovered_number", discovered.Scrapes);
        AssertWhole(receiver, "named_number", named.Requests);
        Assert.Equal(0, await agent.StopAsync());
    }

    /// <summary>With a mount namespace of its own, where resolv.conf names the server of the test.</summary>
    private static string[] Through(WorkingFolder folder, IPAddress address)
    {
        string resolvConf = folder.Write("resolv.conf", $"nameserver {address}\noptions timeout:1 attempts:1\n");
        if (Environment.UserName != "root")
        {
            Oracle.Absent("another resolv.conf cannot be mounted without the right to mount");
        }

        return
        [
            Oracle.Program("unshare"), "--mount", "--propagation", "private", "/bin/sh", "-c",
            $"mount --bind '{resolvConf}' /etc/resolv.conf && exec \"$@\"", "sh",
        ];
    }

    private static string Config(RawTarget named, ScriptedTarget direct, ScriptedTarget discovered, ContentReceiver receiver)
    {
        string namedPort = named.Address[named.Address.IndexOf(':', StringComparison.Ordinal)..];
        string port = new Uri(receiver.WriteUrl).Port.ToString(CultureInfo.InvariantCulture);
        return $$"""
            global: {scrape_interval: 300ms, scrape_timeout: 300ms}
            scrape_configs:
              - job_name: named
                static_configs: [{targets: ["target.ampedge.test{{namedPort}}"]}]
              - job_name: direct
                static_configs: [{targets: ["{{direct.Address}}"]}]
              - job_name: discovered
                dns_sd_configs: [{names: [pool.ampedge.test], type: A, port: {{discovered.Port}}, refresh_interval: 1s}]
            remote_write:
              - url: http://receiver.ampedge.test:{{port}}/api/v1/write
                remote_timeout: 2s
                queue_config: {batch_send_deadline: 200ms, min_backoff: 30ms, max_backoff: 500ms}
            """;
    }

    private static IReadOnlyList<DnsReply> Answer(Resolver state, DnsQuestion question) => state switch
    {
        Resolver.IsSilent => [],
        Resolver.Fails => [new DnsReply { Code = 2 }],
        _ when !question.Name.EndsWith(".ampedge.test.", StringComparison.Ordinal) => [new DnsReply { Code = 3 }],
        _ => [question.Type == DnsReply.TypeA ? new DnsReply().Address("127.0.0.1") : new DnsReply()],
    };

    private static Task ArrivesAsync(RunningProgram agent, ContentReceiver receiver, string series, int value) =>
        Eventually.TrueAsync(
            () => Task.FromResult(ScrapeNumbers.HasValue(receiver.ArrivalsOf($"__name__={series},"), value)),
            () => agent.Describe($"{series} {value} did not arrive"));

    /// <summary>A scrape that the time-out ended after the target had answered is one that the agent reports as failed.</summary>
    private static void AssertWhole(ContentReceiver receiver, string series, int end)
    {
        string job = $"job={series[..series.IndexOf('_', StringComparison.Ordinal)]}";
        int failed = receiver.ArrivalsOf("__name__=up,", job).FindAll(static sample => sample.Value == 0).Count;
        ScrapeNumbers.AssertInOrderAndWhole(
            receiver.ArrivalsOf($"__name__={series},"), end - 3, [], failed, new Gen(0));
    }
}
