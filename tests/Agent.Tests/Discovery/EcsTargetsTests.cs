using System.Text.Json;
using System.Text.Json.Nodes;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Discovery;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery;

public sealed class EcsTargetsTests : IAsyncDisposable
{
    private readonly AwsWorld _world = new();

    public EcsTargetsTests() => EcsExample.FillInto(_world.Aws);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Each_container_port_is_a_target_in_every_network_mode()
    {
        RefreshAnswer answer = await FindAsync(Config());

        Assert.Null(answer.Problem);
        Assert.Equal(
            """
            10.0.1.7:8080 awsvpc app 8080 http port_mapping
            10.0.1.7:9000 awsvpc app 9000  port_mapping
            10.0.1.7:9113 awsvpc exporter 9113  docker_label
            10.1.0.5:32768 bridge app 50051 grpc network_binding
            10.1.0.5:32769 bridge app 8081  network_binding
            10.1.0.5:32770 bridge jmx 9404  docker_label
            10.1.0.5:9100 host node-exporter 9100  port_mapping

            """,
            Summary(answer));
    }

    [Fact]
    public async Task Every_label_of_a_task_on_fargate_is_there()
    {
        Labels target = (await FindAsync(Config() with { Services = ["web"] })).Groups[0].Targets[2];

        Assert.Equal(
            """
            __address__="10.0.1.7:9113"
            __meta_ecs_availability_zone="eu-west-1a"
            __meta_ecs_cluster="prod"
            __meta_ecs_cluster_arn="arn:aws:ecs:eu-west-1:123456789012:cluster/prod"
            __meta_ecs_container_image="exporter:1"
            __meta_ecs_container_label_ECS_PROMETHEUS_EXPORTER_PORT="9113"
            __meta_ecs_container_label_ECS_PROMETHEUS_JOB_NAME="nginx"
            __meta_ecs_container_label_ECS_PROMETHEUS_METRICS_PATH="/stats"
            __meta_ecs_container_name="exporter"
            __meta_ecs_container_port="9113"
            __meta_ecs_container_port_origin="docker_label"
            __meta_ecs_desired_status="RUNNING"
            __meta_ecs_health_status="HEALTHY"
            __meta_ecs_ip_address="10.0.1.7"
            __meta_ecs_last_status="RUNNING"
            __meta_ecs_launch_type="FARGATE"
            __meta_ecs_network_mode="awsvpc"
            __meta_ecs_platform_family="Linux"
            __meta_ecs_platform_version="1.4.0"
            __meta_ecs_public_ip="203.0.113.7"
            __meta_ecs_region="eu-west-1"
            __meta_ecs_service="web"
            __meta_ecs_service_arn="arn:aws:ecs:eu-west-1:123456789012:service/prod/web"
            __meta_ecs_service_status="ACTIVE"
            __meta_ecs_subnet_id="subnet-web"
            __meta_ecs_tag_cluster_stage="production"
            __meta_ecs_tag_service_team="web-team"
            __meta_ecs_tag_task_monitor="yes"
            __meta_ecs_task_arn="arn:aws:ecs:eu-west-1:123456789012:task/prod/web1"
            __meta_ecs_task_definition="arn:aws:ecs:eu-west-1:123456789012:task-definition/web:3"
            __meta_ecs_task_definition_family="web"
            __meta_ecs_task_definition_revision="3"
            __meta_ecs_task_group="service:web"
            __metrics_path__="/stats"
            job="nginx"
            """,
            Lines(target));
    }

    [Fact]
    public async Task With_a_port_each_task_is_one_target_as_in_prometheus()
    {
        EcsDiscoveryConfig config = new() { Api = _world.Config("ecs") with { Port = 9999 }, Port = 9999 };

        RefreshAnswer answer = await FindAsync(config);

        Assert.Equal(
            ["10.0.1.7:9999", "10.1.0.5:9999", "10.1.0.5:9999"],
            Array.ConvertAll([.. answer.Groups[0].Targets], static target => target.GetString("__address__")));
        Labels bridge = answer.Groups[0].Targets[1];
        Assert.Equal("i-machine1", bridge.GetString("__meta_ecs_ec2_instance_id"));
        Assert.Equal("m7g.large", bridge.GetString("__meta_ecs_ec2_instance_type"));
        Assert.Equal("198.51.100.5", bridge.GetString("__meta_ecs_public_ip"));
        Assert.Equal("r7", bridge.GetString("__meta_ecs_tag_ec2_rack"));
        Assert.Equal("", bridge.GetString("__meta_ecs_container_name"));
    }

    [Theory]
    [InlineData("monitor=yes", 3)]
    [InlineData("team=api-team", 3)]
    [InlineData("team=web-team,monitor=yes", 3)]
    [InlineData("team=api-team,monitor=yes", 0)]
    [InlineData("stage=production", 0)]
    public async Task Tags_of_task_or_service_choose_tasks(string tags, int targets)
    {
        List<KeyValuePair<string, string>> wanted = [];
        foreach (string pair in tags.Split(','))
        {
            wanted.Add(new(pair.Split('=')[0], pair.Split('=')[1]));
        }

        Assert.Equal(targets, (await FindAsync(Config() with { Tags = wanted })).Groups[0].Targets.Count);
    }

    [Fact]
    public async Task A_service_that_is_nowhere_is_named_and_the_others_are_found()
    {
        RefreshAnswer answer = await FindAsync(Config() with { Services = ["api", "wbe"] });

        Assert.Equal(3, answer.Groups[0].Targets.Count);
        Assert.Equal("in no cluster that is looked at: the services wbe", answer.Problem);
    }

    [Fact]
    public async Task Only_configured_clusters_are_asked()
    {
        EcsDiscoveryConfig config = Config();
        RefreshAnswer answer = await FindAsync(config with { Api = config.Api with { Clusters = ["empty"] } });

        Assert.Empty(answer.Groups[0].Targets);
        Assert.Equal((0, 1), (_world.Aws.Count("ListClusters"), _world.Aws.Count("ListTasks")));
    }

    [Fact]
    public async Task Hundreds_of_tasks_come_in_pages_and_batches_and_definitions_once()
    {
        JsonObject task = _world.Aws.Ecs.Tasks[0];
        for (int index = 0; index < 347; index++)
        {
            JsonObject copy = task.DeepClone().AsObject();
            copy["taskArn"] = $"{EcsExample.Prefix}task/prod/copy{index}";
            _world.Aws.Ecs.Tasks.Add(copy);
        }

        using EcsTargets targets = Targets(Config());
        for (int look = 0; look < 3; look++)
        {
            RefreshAnswer answer = await targets.FindAsync(TestContext.Current.CancellationToken);
            Assert.Equal(7 + (3 * 347), answer.Groups[0].Targets.Count);
        }

        Assert.Equal(3 * (4 + 1), _world.Aws.Count("ListTasks"));
        Assert.Equal(3 * 4, _world.Aws.Count("DescribeTasks"));
        Assert.Equal(3, _world.Aws.Count("DescribeTaskDefinition"));
    }

    [Fact]
    public async Task Without_permission_for_ec2_tasks_with_an_address_of_their_own_are_found()
    {
        _world.Aws.Ecs.Tasks.RemoveRange(1, 2);
        _world.Aws.Intercept = static request => request.Service == "ec2" ? FakeAws.XmlError(403, "UnauthorizedOperation") : null;
        using EcsTargets targets = Targets(Config());
        for (int look = 0; look < 2; look++)
        {
            RefreshAnswer answer = await targets.FindAsync(TestContext.Current.CancellationToken);
            Assert.Equal(3, answer.Groups[0].Targets.Count);
            Assert.Equal("", answer.Groups[0].Targets[0].GetString("__meta_ecs_public_ip"));
        }

        Assert.Equal(1, _world.Aws.Count("DescribeNetworkInterfaces"));
    }

    [Fact]
    public async Task Without_permission_for_ec2_tasks_in_bridge_mode_make_the_look_a_failure()
    {
        _world.Aws.Intercept = static request => request.Service == "ec2" ? FakeAws.XmlError(403, "UnauthorizedOperation") : null;

        AwsApiException refusal = await Assert.ThrowsAsync<AwsApiException>(() => FindAsync(Config()));

        Assert.Equal("UnauthorizedOperation", refusal.Code);
    }

    [Theory]
    [InlineData("ListTasks")]
    [InlineData("DescribeTasks")]
    [InlineData("DescribeTaskDefinition")]
    [InlineData("DescribeInstances")]
    public async Task Throttling_of_any_step_is_waited_out(string operation)
    {
        int refusals = 0;
        _world.Aws.Intercept = request => request.Operation == operation && Interlocked.Increment(ref refusals) <= 2
            ? request.Service == "ec2" ? FakeAws.XmlError(503, "RequestLimitExceeded") : FakeAws.JsonError(400, "ThrottlingException")
            : null;

        Assert.Equal(7, (await FindAsync(Config())).Groups[0].Targets.Count);
        Assert.Equal(2, _world.Metrics.Throttled(operation == "DescribeInstances" ? "ec2" : "ecs", operation).Value);
    }

    [Theory]
    [InlineData("ListClusters")]
    [InlineData("DescribeClusters")]
    [InlineData("ListTasks")]
    [InlineData("DescribeTasks")]
    [InlineData("DescribeServices")]
    [InlineData("DescribeContainerInstances")]
    [InlineData("DescribeTaskDefinition")]
    public async Task A_refusal_of_any_step_fails_the_look_so_that_targets_stay(string operation)
    {
        _world.Aws.Intercept = request =>
            request.Operation == operation ? FakeAws.JsonError(400, "AccessDeniedException", "no") : null;

        AwsApiException refusal = await Assert.ThrowsAsync<AwsApiException>(() => FindAsync(Config()));

        Assert.Equal($"ecs:{operation}: AccessDeniedException: no (HTTP status 400)", refusal.Message);
    }

    [Fact]
    public async Task An_answer_that_comes_cut_is_asked_for_again()
    {
        int asked = 0;
        _world.Aws.Intercept = request =>
        {
            if (request.Operation != "DescribeTasks" || ++asked > 1)
            {
                return null;
            }

            ScriptedResponse whole = _world.Aws.Ecs.Answer(request);
            return whole with { Body = whole.Body[..(whole.Body.Length / 2)] };
        };

        Assert.Equal(7, (await FindAsync(Config())).Groups[0].Targets.Count);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Damaged_answers_are_read_or_a_typed_error()
    {
        Gen gen = Gen.Create(2014);
        JsonObject question = new()
        {
            ["cluster"] = "prod",
            ["tasks"] = new JsonArray($"{EcsExample.Prefix}task/prod/web1", $"{EcsExample.Prefix}task/prod/api1"),
        };
        byte[] whole = _world.Aws.Ecs.Answer(
            new FakeAwsRequest("ecs", "DescribeTasks", new Dictionary<string, string>(), question, "")).Body;
        for (int length = 0; length < whole.Length; length++)
        {
            await Assert.ThrowsAsync<JsonException>(() => ReadAsync(whole[..length]));
        }

        EcsLabels labels = new(Config(), "r");
        for (int run = 0; run < 3000; run++)
        {
            Exception? error = await Record.ExceptionAsync(async () =>
            {
                foreach (EcsTask? task in (await ReadAsync(gen.Mutate(whole))).Tasks ?? [])
                {
                    if (task is not null)
                    {
                        labels.Add(new EcsTaskView(task, null, null, new(null, null, null, null), "", null, ""), []);
                    }
                }
            });
            Assert.True(error is null or JsonException, $"run {run}, {gen}: {error}");
        }
    }

    private static async Task<EcsAnswer> ReadAsync(byte[] body)
    {
        using MemoryStream stream = new(body);
        return await EcsClient.ReadAsync(stream, TestContext.Current.CancellationToken);
    }

    private EcsDiscoveryConfig Config() => new() { Api = _world.Config("ecs") };

    private EcsTargets Targets(EcsDiscoveryConfig config) =>
        new(config, _world.Session(config.Api), _world.Time, NullLogger.Instance);

    private async Task<RefreshAnswer> FindAsync(EcsDiscoveryConfig config)
    {
        using EcsTargets targets = Targets(config);
        RefreshAnswer answer = await targets.FindAsync(TestContext.Current.CancellationToken);
        Assert.Equal(FakeAws.Region, Assert.Single(answer.Groups).Source);
        return answer;
    }

    private static string Summary(RefreshAnswer answer)
    {
        string text = "";
        foreach (Labels target in answer.Groups[0].Targets)
        {
            text += string.Join(
                ' ',
                target.GetString("__address__"), target.GetString("__meta_ecs_network_mode"),
                target.GetString("__meta_ecs_container_name"), target.GetString("__meta_ecs_container_port"),
                target.GetString("__meta_ecs_container_port_name"), target.GetString("__meta_ecs_container_port_origin")) + "\n";
        }

        return text;
    }

    private static string Lines(Labels labels) =>
        labels.ToString().Trim('{', '}').Replace("\", ", "\"\n", StringComparison.Ordinal);
}
