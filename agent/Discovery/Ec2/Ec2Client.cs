using System.Globalization;

namespace AmpEdge.Agent.Discovery;

/// <summary>The few operations of the EC2 API that discovery needs, over the signed Query protocol, all pages of each.</summary>
internal sealed class Ec2Client(AwsSession session)
{
    public const string Service = "ec2";

    private const string ApiVersion = "2016-11-15";
    private const string FormType = "application/x-www-form-urlencoded; charset=utf-8";

    /// <summary>The most that the API gives at once.</summary>
    private const int PageSize = 1000;

    /// <summary>A filter takes so many values.</summary>
    private const int IdsPerRequest = 200;

    /// <summary>A million instances: more is a service that gives the same page for ever.</summary>
    private const int MaxPages = 1000;

    /// <summary>All instances that pass the filters.</summary>
    public Task<List<Ec2Instance>> DescribeInstancesAsync(
        IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> filters, CancellationToken cancel) =>
        AllPagesAsync<Ec2Instance>("DescribeInstances", () =>
        {
            QueryForm form = NewForm("DescribeInstances");
            for (int index = 0; index < filters.Count; index++)
            {
                string prefix = string.Create(CultureInfo.InvariantCulture, $"Filter.{index + 1}");
                form.Add(prefix + ".Name", filters[index].Key).AddList(prefix + ".Value", filters[index].Value);
            }

            return form.Add("MaxResults", PageSize.ToString(CultureInfo.InvariantCulture));
        }, Ec2AnswerReader.ReadInstancesAsync, cancel);

    /// <summary>Those of the instances with these ids that still exist.</summary>
    public async Task<List<Ec2Instance>> DescribeInstancesByIdAsync(IReadOnlyList<string> ids, CancellationToken cancel)
    {
        List<Ec2Instance> instances = [];
        foreach (string[] batch in Batches.Of(ids, IdsPerRequest))
        {
            // By filter: asked for by id, one instance that is gone since would fail the others.
            instances.AddRange(await DescribeInstancesAsync([new("instance-id", batch)], cancel));
        }

        return instances;
    }

    /// <summary>The zone ids of the region by the account's zone names.</summary>
    public async Task<Dictionary<string, string>> DescribeZonesAsync(CancellationToken cancel)
    {
        Dictionary<string, string> zones = new(StringComparer.Ordinal);
        await session.CallAsync(
            Call("DescribeAvailabilityZones", NewForm("DescribeAvailabilityZones")),
            (answer, _) => Ec2AnswerReader.ReadZonesAsync(answer, zones), cancel);
        return zones;
    }

    /// <summary>The public addresses of network interfaces by id; those without one are left out.</summary>
    public async Task<Dictionary<string, string>> DescribePublicIpsAsync(IReadOnlyList<string> ids, CancellationToken cancel)
    {
        Dictionary<string, string> addresses = new(StringComparer.Ordinal);
        foreach (string[] batch in Batches.Of(ids, IdsPerRequest))
        {
            const string operation = "DescribeNetworkInterfaces";
            List<KeyValuePair<string, string>> page = await AllPagesAsync<KeyValuePair<string, string>>(
                operation,
                () => NewForm(operation).Add("Filter.1.Name", "network-interface-id").AddList("Filter.1.Value", batch),
                async (answer, found) =>
                {
                    Dictionary<string, string> part = new(StringComparer.Ordinal);
                    string next = await Ec2AnswerReader.ReadInterfacesAsync(answer, part);
                    found.AddRange(part);
                    return next;
                },
                cancel);
            foreach ((string id, string address) in page)
            {
                addresses[id] = address;
            }
        }

        return addresses;
    }

    /// <summary>Each try of a page reads into a list of its own, so that a page that came cut leaves nothing behind.</summary>
    private async Task<List<TItem>> AllPagesAsync<TItem>(
        string operation, Func<QueryForm> newForm, Func<Stream, List<TItem>, Task<string>> read, CancellationToken cancel)
    {
        List<TItem> all = [];
        string token = "";
        for (int page = 0; page < MaxPages; page++)
        {
            QueryForm form = newForm();
            if (token.Length > 0)
            {
                form.Add("NextToken", token);
            }

            (List<TItem> items, string next) = await session.CallAsync(
                Call(operation, form),
                async (answer, _) =>
                {
                    List<TItem> found = [];
                    string nextToken = await read(answer, found);
                    return (found, nextToken);
                },
                cancel);
            all.AddRange(items);
            if (next.Length == 0)
            {
                return all;
            }

            token = next;
        }

        throw new DiscoveryException($"ec2:{operation}: more than {MaxPages} pages");
    }

    private static QueryForm NewForm(string action) => new(action, ApiVersion);

    private static AwsCall Call(string operation, QueryForm form) => new(Service, operation, FormType, null, form.ToBytes());
}
