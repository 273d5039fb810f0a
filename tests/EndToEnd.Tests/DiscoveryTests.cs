using System.Text.Json;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>The agent finds targets over HTTP, DNS, EC2 and ECS at once, from fakes on loopback that speak the real protocols.</summary>
public sealed class DiscoveryTests
{
    [Fact]
    public async Task Targets_of_http_dns_ec2_and_ecs_are_found_and_follow_what_changes()
    {
        using WorkingFolder folder = new();
        await using FakeAws aws = new(TimeProvider.System);
        EcsExample.FillInto(aws);
        aws.Ec2.Zones["eu-west-1a"] = "euw1-az1";
        string listed = "[{\"targets\":[\"127.0.0.1:1\"],\"labels\":{\"zone\":\"a\"}}]";
        await using ScriptedHttpServer http = new(_ => Task.FromResult(Json(listed)));
        await using FakeDnsServer dns = new(question => question.Type == DnsReply.TypeSrv
            ? new DnsReply().Srv(0, 0, 9, "localhost.")
            : new DnsReply { Code = 3 });
        string resolvConf = folder.Write("resolv.conf", dns.NameServerLine + "\n");
        await using RunningProgram agent = await Pipeline.StartAgentAsync(
            folder, Config(http.Url, aws.Url), Environment(aws), $"--discovery.dns.resolv-conf={resolvConf}");

        await WaitForTargetsAsync(
            agent, """
            aws-ecs 10.0.1.7:4242 prod
            aws-ecs 10.1.0.5:4242 prod
            dns localhost:9 _web._tcp.example.com
            ec2 10.1.0.5:9100 i-machine1
            ecs 10.0.1.7:8080 prod
            ecs 10.0.1.7:9000 prod
            http 127.0.0.1:1 a
            nginx 10.0.1.7:9113 prod
            """);
        Assert.Empty(aws.BadSignatures);
        Assert.Equal(0, await agent.MetricAsync("prometheus_sd_refresh_failures_total{mechanism=\"ec2\",config=\"ec2\"}"));

        // A refresh that began before ECS refused must have ended before its machine goes: it would truly be gone then.
        aws.Intercept = static request =>
            request.Service == "ecs" && request.Operation == "DescribeClusters" ? FakeAws.JsonError(400, "AccessDeniedException", "not today") : null;
        foreach (string config in (string[])["ecs", "aws-ecs"])
        {
            await Eventually.TrueAsync(
                async () => await agent.MetricAsync($"prometheus_sd_refresh_failures_total{{mechanism=\"ecs\",config=\"{config}\"}}") > 0,
                () => agent.Describe($"the refusals of ECS are not counted for {config}"));
        }

        listed = "[{\"targets\":[\"127.0.0.1:2\"],\"labels\":{\"zone\":\"b\"}}]";
        aws.Ec2.Instances.Clear();
        await WaitForTargetsAsync(
            agent, """
            aws-ecs 10.0.1.7:4242 prod
            aws-ecs 10.1.0.5:4242 prod
            dns localhost:9 _web._tcp.example.com
            ecs 10.0.1.7:8080 prod
            ecs 10.0.1.7:9000 prod
            http 127.0.0.1:2 b
            nginx 10.0.1.7:9113 prod
            """);
        Assert.Contains("not today", agent.Output, StringComparison.Ordinal);
        Assert.Contains(
            "and failed: ecs:DescribeClusters: AccessDeniedException: not today",
            await agent.GetAsync("/service-discovery?job=aws-ecs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_or_an_answer_that_breaks_off_in_its_middle_leaves_the_last_good_targets()
    {
        using WorkingFolder folder = new();
        const string Whole = "[{\"targets\":[\"127.0.0.1:1\"],\"labels\":{\"zone\":\"a\"}}]";
        const string Next = "[{\"targets\":[\"127.0.0.1:2\"],\"labels\":{\"zone\":\"b\"}}]";
        ScriptedResponse answer = Json(Whole);
        await using ScriptedHttpServer http = new(_ => Task.FromResult(answer));
        string file = folder.Write("targets.json", Whole);
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, $$"""
            scrape_configs:
              - job_name: file
                file_sd_configs: [{files: [targets.json], refresh_interval: 1s}]
              - job_name: http
                http_sd_configs: [{url: "{{http.Url.OriginalString}}/targets", refresh_interval: 1s}]
            """);
        const string Good = "file 127.0.0.1:1 a\nhttp 127.0.0.1:1 a";
        await WaitForTargetsAsync(agent, Good);

        // The writer of the file is slow; the answers of the server are cut, errors, of another kind, or not JSON.
        await using (FileStream writing = new(file, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            for (int half = 0; half < Next.Length - 1; half += Next.Length / 3)
            {
                double before = await agent.SumAsync("prometheus_sd_file_read_errors_total");
                await writing.WriteAsync(
                    System.Text.Encoding.UTF8.GetBytes(Next[half..Math.Min(half + (Next.Length / 3), Next.Length - 1)]), TestContext.Current.CancellationToken);
                await writing.FlushAsync(TestContext.Current.CancellationToken);
                await Eventually.TrueAsync(
                    async () => await agent.SumAsync("prometheus_sd_file_read_errors_total") > before,
                    () => agent.Describe("the broken file is not noticed"));
                Assert.Equal(Good, await TargetsAsync(agent));
            }

            foreach (ScriptedResponse broken in BrokenAnswers(Next))
            {
                double before = await agent.SumAsync("prometheus_sd_http_failures_total");
                answer = broken;
                await Eventually.TrueAsync(
                    async () => await agent.SumAsync("prometheus_sd_http_failures_total") > before,
                    () => agent.Describe("the broken answer is not noticed"));
                Assert.Equal(Good, await TargetsAsync(agent));
            }

            answer = Json(Next);
            await writing.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Next[^1..]), TestContext.Current.CancellationToken);
        }

        await WaitForTargetsAsync(agent, "file 127.0.0.1:2 b\nhttp 127.0.0.1:2 b");
    }

    private static ScriptedResponse[] BrokenAnswers(string whole) =>
    [
        Json(whole[..(whole.Length / 2)]),
        FakeAws.Answer(500, "application/json", whole),
        FakeAws.Answer(200, "text/html", whole),
        Json("{}"),
        ScriptedResponse.Raw(System.Text.Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {whole.Length + 7}\r\n\r\n{whole}")),
        ScriptedResponse.Raw([]),
    ];

    private static string Config(Uri http, Uri aws) => $$"""
        scrape_configs:
          - job_name: http
            http_sd_configs: [{url: "{{http.OriginalString}}/targets", refresh_interval: 1s}]
          - job_name: dns
            dns_sd_configs: [{names: [_web._tcp.example.com], refresh_interval: 1s}]
            relabel_configs:
              - {source_labels: [__meta_dns_name], target_label: zone}
          - job_name: ec2
            ec2_sd_configs:
              - {endpoint: "{{aws.OriginalString}}", region: {{FakeAws.Region}}, port: 9100, refresh_interval: 1s, filters: [{name: instance-state-name, values: [running]}]}
            relabel_configs:
              - {source_labels: [__meta_ec2_instance_id], target_label: zone}
          - job_name: ecs
            ecs_sd_configs:
              - {endpoint: "{{aws.OriginalString}}", region: {{FakeAws.Region}}, services: [web], refresh_interval: 1s}
            relabel_configs:
              - {source_labels: [__meta_ecs_cluster], target_label: zone}
          - job_name: aws-ecs
            aws_sd_configs:
              - {role: ecs, endpoint: "{{aws.OriginalString}}", region: {{FakeAws.Region}}, port: 4242, refresh_interval: 1s}
            relabel_configs:
              - {source_labels: [__meta_ecs_cluster], target_label: zone}
              - {source_labels: [__meta_ecs_task_group], regex: "service:.*", action: keep}
        """;

    private static Dictionary<string, string> Environment(FakeAws aws) => new()
    {
        ["AWS_ACCESS_KEY_ID"] = FakeAws.Key.AccessKeyId,
        ["AWS_SECRET_ACCESS_KEY"] = FakeAws.Key.SecretAccessKey,
        ["AWS_ENDPOINT_URL_EC2"] = aws.Url.OriginalString,
    };

    private static async Task WaitForTargetsAsync(RunningProgram agent, string expected)
    {
        string seen = "";
        await Eventually.TrueAsync(
            async () => (seen = await TargetsAsync(agent)) == expected,
            () => agent.Describe($"the targets are not those expected but\n{seen}"));
    }

    private static async Task<string> TargetsAsync(RunningProgram agent)
    {
        using JsonDocument answer = JsonDocument.Parse(await agent.GetAsync("/api/v1/targets"));
        List<string> lines = [];
        foreach (JsonElement target in answer.RootElement.GetProperty("data").GetProperty("activeTargets").EnumerateArray())
        {
            JsonElement labels = target.GetProperty("labels");
            lines.Add($"{labels.GetProperty("job")} {labels.GetProperty("instance")} {labels.GetProperty("zone")}");
        }

        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    private static ScriptedResponse Json(string body) => FakeAws.Answer(200, "application/json", body);
}
