using System.Text.Json;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Discovery;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery;

public sealed class DnsTargetsTests : IDisposable
{
    private const string CasesFile = "conformance/config/dns_sd_cases.json";

    private readonly string _resolvConf = Path.GetTempFileName();
    private readonly DiscoveryMetrics _metrics = new(new MetricRegistry());

    public static TheoryData<string> Cases => new(CaseFile.Names(CasesFile, "name"));

    public void Dispose() => File.Delete(_resolvConf);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Records_become_the_targets_of_prometheus(string name)
    {
        JsonElement testCase = CaseFile.Find(CasesFile, "name", name);
        bool fails = testCase.TryGetProperty("lookup_fails", out JsonElement failing) && failing.GetBoolean();
        await using FakeDnsServer server = new(_ => fails ? new DnsReply { Code = 2 } : ReplyOf(testCase));
        List<string> names = [];
        foreach (JsonElement element in testCase.GetProperty("names").EnumerateArray())
        {
            names.Add(element.GetString()!);
        }

        RefreshAnswer answer = await FindAsync(
            server, names, testCase.GetProperty("type").GetString()!, testCase.GetProperty("port").GetInt32());

        Assert.Equal(fails, answer.Problem is not null);
        Assert.Equal(Expected(testCase), ExpectedGroups.Describe(answer.Groups));
    }

    [Fact]
    public async Task A_service_record_brings_its_own_port()
    {
        await using FakeDnsServer server = new(_ =>
            new DnsReply().Srv(0, 0, 3306, "db1.example.com.").Srv(0, 0, 3307, "db2.example.com."));

        RefreshAnswer answer = await FindAsync(server, ["_mysql._tcp.db.example.com."], "SRV", 0);

        Assert.Equal(
            """
            _mysql._tcp.db.example.com. {}
              {__address__="db1.example.com:3306", __meta_dns_name="_mysql._tcp.db.example.com.", __meta_dns_srv_record_port="3306", __meta_dns_srv_record_target="db1.example.com."}
              {__address__="db2.example.com:3307", __meta_dns_name="_mysql._tcp.db.example.com.", __meta_dns_srv_record_port="3307", __meta_dns_srv_record_target="db2.example.com."}

            """,
            ExpectedGroups.Describe(answer.Groups));
        Assert.Equal(DnsReply.TypeSrv, Assert.Single(server.Questions).Type);
    }

    [Fact]
    public async Task Name_servers_become_targets_and_other_records_are_passed_over()
    {
        await using FakeDnsServer server = new(_ => new DnsReply().Txt("x").Cname("y.").Ns("ns1.example.com."));

        RefreshAnswer answer = await FindAsync(server, ["example.com."], "NS", 53);

        Labels target = Assert.Single(Assert.Single(answer.Groups).Targets);
        Assert.Equal(
            "{__address__=\"ns1.example.com:53\", __meta_dns_name=\"example.com.\", __meta_dns_ns_record_target=\"ns1.example.com.\"}",
            target.ToString());
        Assert.Equal(DnsReply.TypeNs, Assert.Single(server.Questions).Type);
    }

    [Fact]
    public async Task A_name_that_fails_keeps_its_targets_while_others_are_renewed()
    {
        await using FakeDnsServer server = new(question =>
            question.Name == "bad." ? new DnsReply { Code = 2 } : new DnsReply().Address("192.0.2.1"));

        RefreshAnswer answer = await FindAsync(server, ["good.", "bad.", "gone."], "A", 80);

        Assert.Equal(["good.", "gone."], Array.ConvertAll([.. answer.Groups], static group => group.Source));
        Assert.Contains("could not resolve bad.", answer.Problem, StringComparison.Ordinal);
        Assert.Equal((3, 1), (_metrics.DnsLookups.Value, _metrics.DnsLookupFailures.Value));
    }

    private async Task<RefreshAnswer> FindAsync(FakeDnsServer server, List<string> names, string type, int port)
    {
        await File.WriteAllTextAsync(_resolvConf, server.NameServerLine, TestContext.Current.CancellationToken);
        DnsDiscoveryConfig config = new(names, type, port, TimeSpan.FromSeconds(30));
        using DnsTargets targets = new(config, new DnsResolver(_resolvConf, TimeProvider.System), _metrics);
        return await targets.FindAsync(TestContext.Current.CancellationToken);
    }

    private static DnsReply ReplyOf(JsonElement testCase)
    {
        DnsReply reply = new();
        if (!testCase.TryGetProperty("answer", out JsonElement records))
        {
            return reply;
        }

        foreach (JsonElement record in records.EnumerateArray())
        {
            string type = record.GetProperty("type").GetString()!;
            _ = type switch
            {
                "A" or "AAAA" => reply.Address(record.GetProperty(type).GetString()!),
                "MX" => reply.Mx(record.GetProperty("Preference").GetInt32(), record.GetProperty("Mx").GetString()!),
                "NS" => reply.Ns(record.GetProperty("Ns").GetString()!),
                "CNAME" => reply.Cname(record.GetProperty("Target").GetString()!),
                "SRV" => reply.Srv(0, 0, record.GetProperty("Port").GetInt32(), record.GetProperty("Target").GetString()!),
                _ => reply.Txt(type),
            };
        }

        return reply;
    }

    private static string Expected(JsonElement testCase) => ExpectedGroups.Describe(testCase.GetProperty("expected"));
}
