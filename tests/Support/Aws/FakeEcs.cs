using System.Globalization;
using System.Text.Json.Nodes;

namespace AmpEdge.Tests.Support;

/// <summary>The part of ECS that discovery uses. Everything is JSON as the API has it.</summary>
public sealed class FakeEcs
{
    private const int MaxTasks = 100;
    private const int MaxServices = 10;

    /// <summary>With clusterArn, clusterName and tags.</summary>
    public List<JsonObject> Clusters { get; } = [];

    /// <summary>With clusterArn, serviceArn, serviceName, status and tags.</summary>
    public List<JsonObject> Services { get; } = [];

    /// <summary>As DescribeTasks gives them; a task's group names its service.</summary>
    public List<JsonObject> Tasks { get; } = [];

    /// <summary>By taskDefinitionArn.</summary>
    public Dictionary<string, JsonObject> TaskDefinitions { get; } = [];

    /// <summary>With containerInstanceArn and ec2InstanceId.</summary>
    public List<JsonObject> ContainerInstances { get; } = [];

    /// <summary>The most names that a page of a list holds, whatever is asked for.</summary>
    public int PageSize { get; set; } = 100;

    public ScriptedResponse Answer(FakeAwsRequest request)
    {
        JsonObject json = request.Json;
        switch (request.Operation)
        {
            case "ListClusters":
                return Page(json, "clusterArns", Clusters, "clusterArn");
            case "DescribeClusters":
                return Described("clusters", Clusters, request.Texts("clusters"), "clusterArn", "clusterName");
            case "DescribeServices" when request.Texts("services").Count <= MaxServices:
                return Described(
                    "services", InCluster(Services, json), request.Texts("services"), "serviceArn", "serviceName");
            case "ListTasks" when (string?)json["serviceName"] is { } service
                && !InCluster(Services, json).Exists(known => (string?)known["serviceName"] == service):
                return FakeAws.JsonError(400, "ServiceNotFoundException", "Service not found.");
            case "ListTasks":
                return Page(json, "taskArns", InCluster(Tasks, json).FindAll(task => IsAskedFor(task, json)), "taskArn");
            case "DescribeTasks" when request.Texts("tasks").Count <= MaxTasks:
                return Described("tasks", InCluster(Tasks, json), request.Texts("tasks"), "taskArn", "taskArn");
            case "DescribeContainerInstances" when request.Texts("containerInstances").Count <= MaxTasks:
                return Described(
                    "containerInstances", ContainerInstances, request.Texts("containerInstances"),
                    "containerInstanceArn", "containerInstanceArn");
            case "DescribeTaskDefinition":
                return TaskDefinitions.TryGetValue((string?)json["taskDefinition"] ?? "", out JsonObject? definition)
                    ? Ok(new JsonObject { ["taskDefinition"] = definition.DeepClone() })
                    : FakeAws.JsonError(400, "ClientException", "Unable to describe task definition.");
            default:
                return FakeAws.JsonError(400, "InvalidParameterException", $"{request.Operation}: {json.ToJsonString()}");
        }
    }

    private List<JsonObject> InCluster(List<JsonObject> items, JsonObject json)
    {
        string? cluster = (string?)json["cluster"];
        string? arn = (string?)Clusters.Find(
            known => (string?)known["clusterArn"] == cluster || (string?)known["clusterName"] == cluster)?["clusterArn"];
        return items.FindAll(item => arn is not null && (string?)item["clusterArn"] == arn);
    }

    private static bool IsAskedFor(JsonObject task, JsonObject json)
    {
        bool running = (string?)json["desiredStatus"] is null or "RUNNING" && (string?)task["desiredStatus"] != "STOPPED";
        return running
            && ((string?)json["serviceName"] is not { } service || (string?)task["group"] == $"service:{service}");
    }

    private ScriptedResponse Page(JsonObject json, string name, List<JsonObject> items, string arn)
    {
        int start = (string?)json["nextToken"] is { } token
            ? int.Parse(token["page-".Length..], CultureInfo.InvariantCulture)
            : 0;
        int end = Math.Min(items.Count, start + Math.Min(PageSize, (int?)json["maxResults"] ?? PageSize));
        JsonArray arns = [];
        foreach (JsonObject item in items[start..end])
        {
            arns.Add((string?)item[arn]);
        }

        JsonObject answer = new() { [name] = arns };
        if (end < items.Count)
        {
            answer["nextToken"] = $"page-{end}";
        }

        return Ok(answer);
    }

    private static ScriptedResponse Described(
        string name, List<JsonObject> items, List<string> asked, string arn, string shortName)
    {
        JsonArray found = [];
        JsonArray failures = [];
        foreach (string one in asked)
        {
            JsonObject? item = items.Find(item => (string?)item[arn] == one || (string?)item[shortName] == one);
            if (item is null)
            {
                failures.Add(new JsonObject { ["arn"] = one, ["reason"] = "MISSING" });
            }
            else
            {
                found.Add(item.DeepClone());
            }
        }

        return Ok(new JsonObject { [name] = found, ["failures"] = failures });
    }

    private static ScriptedResponse Ok(JsonObject answer) =>
        FakeAws.Answer(200, "application/x-amz-json-1.1", answer.ToJsonString());
}
