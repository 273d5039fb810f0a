using System.Text.Json.Nodes;

namespace AmpEdge.Tests.Support;

/// <summary>
/// A cluster "prod" with a task in each network mode: "web" in awsvpc on Fargate, "api" in bridge and "node" in host
/// mode on one EC2 machine, and a cluster "empty".
/// </summary>
public static class EcsExample
{
    public const string Prefix = "arn:aws:ecs:eu-west-1:123456789012:";

    public static void FillInto(FakeAws aws)
    {
        AddClusters(aws.Ecs);
        AddServices(aws.Ecs);
        AddDefinitions(aws.Ecs);
        AddTasks(aws.Ecs);
        aws.Ecs.ContainerInstances.Add(Parse($$"""
            {"containerInstanceArn": "{{Prefix}}container-instance/prod/m1", "ec2InstanceId": "i-machine1", "status": "ACTIVE"}
            """));
        aws.Ec2.Instances.Add(Parse("""
            {"InstanceId": "i-machine1", "InstanceType": "m7g.large", "PrivateIpAddress": "10.1.0.5", "PublicIpAddress": "198.51.100.5",
             "State": {"Code": 16, "Name": "running"}, "SubnetId": "subnet-m", "VpcId": "vpc-1", "Tags": [{"Key": "rack", "Value": "r7"}]}
            """));
        aws.Ec2.PublicIps["eni-web1"] = "203.0.113.7";
    }

    private static void AddClusters(FakeEcs ecs)
    {
        ecs.Clusters.Add(Parse($$"""
            {"clusterArn": "{{Prefix}}cluster/prod", "clusterName": "prod", "status": "ACTIVE", "tags": [{"key": "stage", "value": "production"}]}
            """));
        ecs.Clusters.Add(Parse($$"""{"clusterArn": "{{Prefix}}cluster/empty", "clusterName": "empty", "tags": []}"""));
    }

    private static void AddServices(FakeEcs ecs)
    {
        foreach (string name in (ReadOnlySpan<string>)["web", "api"])
        {
            ecs.Services.Add(Parse($$"""
                {"serviceArn": "{{Prefix}}service/prod/{{name}}", "serviceName": "{{name}}", "clusterArn": "{{Prefix}}cluster/prod",
                 "status": "ACTIVE", "tags": [{"key": "team", "value": "{{name}}-team"}]}
                """));
        }
    }

    private static void AddDefinitions(FakeEcs ecs)
    {
        Define(ecs, "web", """
            "networkMode": "awsvpc", "containerDefinitions": [
              {"name": "app", "image": "web:3", "dockerLabels": {}, "portMappings": [
                {"name": "http", "containerPort": 8080, "hostPort": 8080, "protocol": "tcp"},
                {"containerPort": 9000, "hostPort": 9000, "protocol": "tcp"}, {"containerPort": 9000, "protocol": "udp"},
                {"containerPortRange": "7000-7010"}]},
              {"name": "exporter", "image": "exporter:1", "portMappings": [{"containerPort": 9113}, {"containerPort": 9114}],
               "dockerLabels": {"ECS_PROMETHEUS_EXPORTER_PORT": "9113", "ECS_PROMETHEUS_METRICS_PATH": "/stats", "ECS_PROMETHEUS_JOB_NAME": "nginx"}},
              {"name": "logs", "image": "logs:1", "dockerLabels": {"com.example.kind": "sidecar"}}]
            """);
        Define(ecs, "api", """
            "containerDefinitions": [
              {"name": "app", "image": "api:5", "portMappings": [{"name": "grpc", "containerPort": 50051}, {"containerPort": 8081}]},
              {"name": "jmx", "image": "jmx:1", "dockerLabels": {"PROMETHEUS_EXPORTER_PORT": "9404"}, "portMappings": [{"containerPort": 9404}, {"containerPort": 1}]},
              {"name": "unbound", "image": "u:1", "dockerLabels": {"PROMETHEUS_EXPORTER_PORT": "9405"}}]
            """);
        Define(ecs, "node", """
            "networkMode": "host", "containerDefinitions": [
              {"name": "node-exporter", "image": "node:1", "portMappings": [{"containerPort": 9100, "hostPort": 9100, "protocol": "tcp"}]}]
            """);
    }

    private static void AddTasks(FakeEcs ecs)
    {
        AddTask(ecs, "web1", "web", "FARGATE", """
            "platformFamily": "Linux", "platformVersion": "1.4.0", "healthStatus": "HEALTHY",
            "attachments": [{"id": "a", "type": "ElasticNetworkInterface", "status": "ATTACHED", "details": [
              {"name": "subnetId", "value": "subnet-web"}, {"name": "networkInterfaceId", "value": "eni-web1"},
              {"name": "privateIPv4Address", "value": "10.0.1.7"}]}],
            "containers": [{"name": "app", "networkBindings": []}],
            "tags": [{"key": "monitor", "value": "yes"}]
            """);
        string machine = $"\"containerInstanceArn\": \"{Prefix}container-instance/prod/m1\", \"attachments\": []";
        AddTask(ecs, "api1", "api", "EC2", machine + """
            , "containers": [
              {"name": "app", "lastStatus": "RUNNING", "networkBindings": [
                {"bindIP": "0.0.0.0", "containerPort": 50051, "hostPort": 32768, "protocol": "tcp"},
                {"bindIP": "::", "containerPort": 50051, "hostPort": 32768, "protocol": "tcp"},
                {"bindIP": "0.0.0.0", "containerPort": 8081, "hostPort": 32769, "protocol": "tcp"},
                {"bindIP": "0.0.0.0", "containerPortRange": "1-2", "hostPortRange": "3-4", "protocol": "tcp"}]},
              {"name": "jmx", "networkBindings": [
                {"containerPort": 9404, "hostPort": 32770, "protocol": "tcp"}, {"containerPort": 1, "hostPort": 32771, "protocol": "tcp"}]}]
            """);
        AddTask(ecs, "node1", "node", "EC2", machine + ", \"containers\": [{\"name\": \"node-exporter\", \"networkBindings\": []}]", "family:node");
    }

    private static void Define(FakeEcs ecs, string family, string rest)
    {
        string arn = $"{Prefix}task-definition/{family}:3";
        ecs.TaskDefinitions[arn] = Parse($$"""{"taskDefinitionArn": "{{arn}}", "family": "{{family}}", "revision": 3, {{rest}} }""");
    }

    private static void AddTask(FakeEcs ecs, string id, string family, string launchType, string rest, string? group = null) =>
        ecs.Tasks.Add(Parse($$"""
            {"taskArn": "{{Prefix}}task/prod/{{id}}", "clusterArn": "{{Prefix}}cluster/prod", "group": "{{group ?? "service:" + family}}",
             "taskDefinitionArn": "{{Prefix}}task-definition/{{family}}:3", "launchType": "{{launchType}}",
             "availabilityZone": "eu-west-1a", "desiredStatus": "RUNNING", "lastStatus": "RUNNING", {{rest}} }
            """));

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
