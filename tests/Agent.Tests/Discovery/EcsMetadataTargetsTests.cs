using System.Text;
using System.Text.Json;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Discovery;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery;

public sealed class EcsMetadataTargetsTests
{
    private const string Fargate = """
        {"Cluster": "arn:aws:ecs:us-west-2:111122223333:cluster/default", "TaskARN": "arn:aws:ecs:us-west-2:111122223333:task/default/e9028f8d",
         "Family": "curltest", "ServiceName": "web", "Revision": "3", "DesiredStatus": "RUNNING", "KnownStatus": "RUNNING",
         "AvailabilityZone": "us-west-2d", "LaunchType": "FARGATE", "Limits": {"CPU": 0.25},
         "Containers": [
           {"DockerId": "1", "Name": "~internal~ecs~pause", "Type": "CNI_PAUSE", "KnownStatus": "RESOURCES_PROVISIONED", "Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": ["10.0.2.100"]}]},
           {"DockerId": "2", "Name": "app", "DockerName": "app", "Image": "app:1", "Type": "NORMAL", "KnownStatus": "RUNNING",
            "Labels": {"com.amazonaws.ecs.container-name": "app", "PROMETHEUS_EXPORTER_PORT": "9102"},
            "Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": ["10.0.2.100"], "IPv6Addresses": ["2001:db8::1"]}]},
           {"DockerId": "3", "Name": "proxy", "Image": "envoy:1", "Type": "NORMAL", "KnownStatus": "RUNNING",
            "Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": ["10.0.2.100"]}],
            "Ports": [{"ContainerPort": 9901, "Protocol": "tcp"}, {"ContainerPort": 9901, "Protocol": "tcp", "HostIp": "::"}, {"ContainerPort": 53, "Protocol": "udp"}]},
           {"DockerId": "4", "Name": "migrate", "Type": "NORMAL", "KnownStatus": "STOPPED", "Labels": {"PROMETHEUS_EXPORTER_PORT": "1"},
            "Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": ["10.0.2.100"]}]}]}
        """;

    [Fact]
    public async Task The_running_siblings_are_targets()
    {
        await using ScriptedHttpServer server = new(Answer(Fargate));

        RefreshAnswer answer = await FindAsync(server, 0);

        Assert.Equal("/v4/abc/task", Assert.Single(server.Requests).Target);
        Assert.Equal(
            """
            arn:aws:ecs:us-west-2:111122223333:task/default/e9028f8d {}
              {__address__="10.0.2.100:9102", __meta_ecs_availability_zone="us-west-2d", __meta_ecs_cluster="default", __meta_ecs_cluster_arn="arn:aws:ecs:us-west-2:111122223333:cluster/default", __meta_ecs_container_image="app:1", __meta_ecs_container_label_PROMETHEUS_EXPORTER_PORT="9102", __meta_ecs_container_label_com_amazonaws_ecs_container_name="app", __meta_ecs_container_name="app", __meta_ecs_container_port="9102", __meta_ecs_container_port_origin="docker_label", __meta_ecs_desired_status="RUNNING", __meta_ecs_ip_address="10.0.2.100", __meta_ecs_last_status="RUNNING", __meta_ecs_launch_type="FARGATE", __meta_ecs_network_mode="awsvpc", __meta_ecs_region="us-west-2", __meta_ecs_service="web", __meta_ecs_task_arn="arn:aws:ecs:us-west-2:111122223333:task/default/e9028f8d", __meta_ecs_task_definition_family="curltest", __meta_ecs_task_definition_revision="3"}
              {__address__="10.0.2.100:9901", __meta_ecs_availability_zone="us-west-2d", __meta_ecs_cluster="default", __meta_ecs_cluster_arn="arn:aws:ecs:us-west-2:111122223333:cluster/default", __meta_ecs_container_image="envoy:1", __meta_ecs_container_name="proxy", __meta_ecs_container_port="9901", __meta_ecs_container_port_origin="port_mapping", __meta_ecs_desired_status="RUNNING", __meta_ecs_ip_address="10.0.2.100", __meta_ecs_last_status="RUNNING", __meta_ecs_launch_type="FARGATE", __meta_ecs_network_mode="awsvpc", __meta_ecs_region="us-west-2", __meta_ecs_service="web", __meta_ecs_task_arn="arn:aws:ecs:us-west-2:111122223333:task/default/e9028f8d", __meta_ecs_task_definition_family="curltest", __meta_ecs_task_definition_revision="3"}

            """,
            ExpectedGroups.Describe(answer.Groups));
    }

    [Theory]
    [InlineData("bridge", "[\"172.17.0.3\"]", "172.17.0.3:8080")]
    [InlineData("host", "[]", "127.0.0.1:8080")]
    [InlineData("awsvpc", "[]", "[2001:db8::5]:8080")]
    public async Task Siblings_are_reached_where_they_listen(string mode, string addresses, string expected)
    {
        string ipv6 = mode == "awsvpc" ? "[\"2001:db8::5\"]" : "[]";
        await using ScriptedHttpServer server = new(Answer($$"""
            {"Cluster": "default", "TaskARN": "t", "Containers": [{"Name": "a", "Ports": [{"ContainerPort": 8080, "HostPort": 32768}],
             "Networks": [{"NetworkMode": "{{mode}}", "IPv4Addresses": {{addresses}}, "IPv6Addresses": {{ipv6}} }]}]}
            """));

        RefreshAnswer answer = await FindAsync(server, 0);

        Assert.Equal(expected, Assert.Single(answer.Groups[0].Targets).GetString("__address__"));
        Assert.Equal("default", answer.Groups[0].Targets[0].GetString("__meta_ecs_cluster"));
    }

    [Fact]
    public async Task With_a_port_the_task_is_one_target()
    {
        await using ScriptedHttpServer server = new(Answer(Fargate));

        Assert.Equal("10.0.2.100:9400", Assert.Single((await FindAsync(server, 9400)).Groups[0].Targets).GetString("__address__"));
    }

    [Theory]
    [InlineData(500, "", "server returned HTTP status 500")]
    [InlineData(200, "{\"Containers\": [", "Get \"http://")]
    [InlineData(200, "null", "the answer is null")]
    public async Task An_endpoint_that_fails_is_a_failure_with_its_reason(int status, string body, string reason)
    {
        await using ScriptedHttpServer server = new(Answer(body, status));

        DiscoveryException failure = await Assert.ThrowsAsync<DiscoveryException>(() => FindAsync(server, 0));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_of_a_task_the_message_says_so()
    {
        using EcsMetadataTargets targets = Targets("", 0);

        DiscoveryException failure = await Assert.ThrowsAsync<DiscoveryException>(
            () => targets.FindAsync(TestContext.Current.CancellationToken));

        Assert.Contains("works in ECS tasks only", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_document_is_read_or_a_typed_error()
    {
        Gen gen = Gen.Create(4);
        byte[] whole = Encoding.UTF8.GetBytes(Fargate);
        for (int run = 0; run < 3000; run++)
        {
            byte[] mutated = gen.Mutate(whole);
            Exception? error = Record.Exception(() => EcsMetadataTargets.Read(mutated));
            Assert.True(error is null or JsonException, $"run {run}, {gen}: {error}");
        }
    }

    private static async Task<RefreshAnswer> FindAsync(ScriptedHttpServer server, int port)
    {
        using EcsMetadataTargets targets = Targets($"{server.Url.OriginalString}/v4/abc", port);
        return await targets.FindAsync(TestContext.Current.CancellationToken);
    }

    private static EcsMetadataTargets Targets(string uri, int port) => new(
        new EcsDiscoveryConfig
        {
            Source = EcsDiscoveryConfig.FromTaskMetadata, Port = port, Api = new AwsDiscoveryConfig { Role = "ecs" },
        },
        new HttpMessageInvoker(HttpHandlerBuilder.Build(new HttpClientConfig(), TimeProvider.System)),
        new AwsSurroundings(name => name == "ECS_CONTAINER_METADATA_URI_V4" ? uri : null, static () => null));

    private static ScriptedResponse Answer(string body, int status = 200) => new(
        status, new Dictionary<string, string> { ["Content-Type"] = "application/json" }, Encoding.UTF8.GetBytes(body));
}
