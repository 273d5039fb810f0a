using System.Text.Json;

namespace AmpEdge.Agent.Discovery;

/// <summary>The operations of the ECS API that discovery needs, over the signed JSON protocol, all pages of each.</summary>
internal sealed class EcsClient(AwsSession session)
{
    public const string Service = "ecs";

    private const string TargetPrefix = "AmazonEC2ContainerServiceV20141113.";
    private const string JsonType = "application/x-amz-json-1.1";

    /// <summary>What the API takes and gives at once; for services it is ten.</summary>
    private const int PageSize = 100;
    private const int ServicesPerRequest = 10;
    private const int MaxPages = 1000;
    private const int MaxAnswerBytes = 64 << 20;

    private static readonly string[] s_withTags = ["TAGS"];

    /// <summary>The ARNs of all clusters of the region.</summary>
    public Task<List<string>> ListClustersAsync(CancellationToken cancel) =>
        ListAsync("ListClusters", new EcsQuestion(), static answer => answer.ClusterArns, cancel);

    /// <summary>The ARNs of the tasks of a cluster that are meant to run, of one service or of all.</summary>
    public Task<List<string>> ListTasksAsync(string cluster, string? service, CancellationToken cancel) =>
        ListAsync(
            "ListTasks", new EcsQuestion { Cluster = cluster, ServiceName = service }, static answer => answer.TaskArns,
            cancel);

    /// <summary>Clusters by name or ARN, with their tags.</summary>
    public Task<List<EcsCluster>> DescribeClustersAsync(IReadOnlyList<string> clusters, CancellationToken cancel) =>
        DescribeAsync(
            "DescribeClusters", clusters, PageSize,
            static batch => new EcsQuestion { Clusters = batch, Include = s_withTags },
            static answer => answer.Clusters, cancel);

    /// <summary>Services of a cluster by name, with their tags.</summary>
    public Task<List<EcsService>> DescribeServicesAsync(
        string cluster, IReadOnlyList<string> names, CancellationToken cancel) =>
        DescribeAsync(
            "DescribeServices", names, ServicesPerRequest,
            batch => new EcsQuestion { Cluster = cluster, Services = batch, Include = s_withTags },
            static answer => answer.Services, cancel);

    /// <summary>Tasks of a cluster by ARN, with their tags.</summary>
    public Task<List<EcsTask>> DescribeTasksAsync(string cluster, IReadOnlyList<string> arns, CancellationToken cancel) =>
        DescribeAsync(
            "DescribeTasks", arns, PageSize,
            batch => new EcsQuestion { Cluster = cluster, Tasks = batch, Include = s_withTags },
            static answer => answer.Tasks, cancel);

    /// <summary>Machines of a cluster by ARN.</summary>
    public Task<List<EcsContainerInstance>> DescribeContainerInstancesAsync(
        string cluster, IReadOnlyList<string> arns, CancellationToken cancel) =>
        DescribeAsync(
            "DescribeContainerInstances", arns, PageSize,
            batch => new EcsQuestion { Cluster = cluster, ContainerInstances = batch },
            static answer => answer.ContainerInstances, cancel);

    /// <summary>A task definition by ARN.</summary>
    public async Task<EcsTaskDefinition> DescribeTaskDefinitionAsync(string arn, CancellationToken cancel)
    {
        EcsAnswer answer = await AskAsync("DescribeTaskDefinition", new EcsQuestion { TaskDefinition = arn }, cancel);
        return answer.TaskDefinition
            ?? throw new DiscoveryException($"ecs:DescribeTaskDefinition: the answer holds no definition of {arn}");
    }

    private async Task<List<string>> ListAsync(
        string operation, EcsQuestion question, Func<EcsAnswer, List<string>?> pick, CancellationToken cancel)
    {
        List<string> all = [];
        string? token = null;
        for (int page = 0; page < MaxPages; page++)
        {
            EcsAnswer answer = await AskAsync(operation, question with { MaxResults = PageSize, NextToken = token }, cancel);
            all.AddRange(pick(answer) ?? []);
            token = answer.NextToken;
            if (string.IsNullOrEmpty(token))
            {
                return all;
            }
        }

        throw new DiscoveryException($"ecs:{operation}: more than {MaxPages} pages");
    }

    /// <summary>Asks for all batches at once; the session bounds how many requests are under way.</summary>
    private async Task<List<TItem>> DescribeAsync<TItem>(
        string operation,
        IReadOnlyList<string> names,
        int batchSize,
        Func<string[], EcsQuestion> question,
        Func<EcsAnswer, List<TItem>?> pick,
        CancellationToken cancel)
        where TItem : class
    {
        List<Task<EcsAnswer>> asked = [];
        foreach (string[] batch in Batches.Of(names, batchSize))
        {
            asked.Add(AskAsync(operation, question(batch), cancel));
        }

        List<TItem> all = [];
        foreach (EcsAnswer answer in await Task.WhenAll(asked))
        {
            foreach (TItem? item in pick(answer) ?? [])
            {
                if (item is not null)
                {
                    all.Add(item);
                }
            }
        }

        return all;
    }

    private Task<EcsAnswer> AskAsync(string operation, EcsQuestion question, CancellationToken cancel)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(question, EcsJson.Default.EcsQuestion);
        return session.CallAsync(
            new AwsCall(Service, operation, JsonType, TargetPrefix + operation, body), ReadAsync, cancel);
    }

    /// <exception cref="JsonException">The answer is cut or malformed.</exception>
    internal static async Task<EcsAnswer> ReadAsync(Stream answer, CancellationToken cancel)
    {
        ReadOnlyMemory<byte> body = await BoundedBody.ReadAsync(answer, MaxAnswerBytes, cancel);
        return JsonSerializer.Deserialize(body.Span, EcsJson.Default.EcsAnswer)
            ?? throw new JsonException("the answer is null");
    }
}
