using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Discovery;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery;

public sealed class Ec2TargetsTests : IAsyncDisposable
{
    private const string CasesFile = "conformance/config/ec2_sd_cases.json";

    private readonly AwsWorld _world = new();

    public static TheoryData<string> Cases
    {
        get
        {
            TheoryData<string> cases = [];
            if (!Oracle.Has(CasesFile))
            {
                cases.Add(Oracle.NoCase);
            }
            else
            {
                foreach (JsonNode? testCase in ReadCases())
                {
                    cases.Add((string)testCase!["name"]!);
                }
            }

            return cases;
        }
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Instances_become_the_targets_of_prometheus(string name)
    {
        JsonNode testCase = ReadCases().First(testCase => (string?)testCase!["name"] == name)!;
        string region = (string)testCase["region"]!;
        _world.Aws.Ec2.OwnerId = (string?)testCase["owner_id"];
        AddTo(_world.Aws.Ec2.Instances, testCase["instances"]!);
        foreach ((string zone, JsonNode? id) in testCase["availability_zone_ids"]!.AsObject())
        {
            _world.Aws.Ec2.Zones[zone] = (string)id!;
        }

        List<KeyValuePair<string, IReadOnlyList<string>>> filters = [];
        foreach (JsonNode? filter in testCase["filters"]!.AsArray())
        {
            filters.Add(new((string)filter!["Name"]!, [.. filter["Values"]!.AsArray().Select(static value => (string)value!)]));
        }

        AwsDiscoveryConfig config = _world.Config("ec2") with { Port = (int)testCase["port"]!, Filters = filters };
        RefreshAnswer answer = await FindAsync(config);

        using JsonDocument expected = JsonDocument.Parse(testCase["expected"]!.ToJsonString());
        Assert.Equal(
            ExpectedGroups.Describe(expected.RootElement).Replace(region, FakeAws.Region, StringComparison.Ordinal),
            ExpectedGroups.Describe(answer.Groups));
    }

    [Fact]
    public async Task Every_label_of_a_full_instance_is_there()
    {
        _world.Aws.Ec2.Zones["eu-west-1a"] = "euw1-az3";
        AddTo(_world.Aws.Ec2.Instances, JsonNode.Parse("""
            [{
              "InstanceId": "i-0", "ImageId": "ami-1", "InstanceType": "m7g.large", "State": {"Code": 16, "Name": "running"},
              "PrivateIpAddress": "10.0.0.1", "PublicIpAddress": "198.51.100.1", "PrivateDnsName": "ip-10-0-0-1.internal",
              "PublicDnsName": "ec2-198-51-100-1.example.com", "VpcId": "vpc-1", "SubnetId": "subnet-1", "Architecture": "arm64",
              "Platform": "windows", "InstanceLifecycle": "spot", "Placement": {"AvailabilityZone": "eu-west-1a", "Tenancy": "default"},
              "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.0.1", "Attachment": {"DeviceIndex": 0}, "Ipv6Addresses": []}],
              "Tags": [{"Key": "Name", "Value": "web & <db>"}, {"Key": "k8s.io/role-ü😀", "Value": "node"}, {"Key": "empty", "Value": ""}]
            }]
            """)!);

        RefreshAnswer answer = await FindAsync(_world.Config("ec2"));

        Assert.Equal(
            """
            eu-west-1 {}
              {__address__="10.0.0.1:4242", __meta_ec2_ami="ami-1", __meta_ec2_architecture="arm64", __meta_ec2_availability_zone="eu-west-1a", __meta_ec2_availability_zone_id="euw1-az3", __meta_ec2_instance_id="i-0", __meta_ec2_instance_lifecycle="spot", __meta_ec2_instance_state="running", __meta_ec2_instance_type="m7g.large", __meta_ec2_owner_id="123456789012", __meta_ec2_platform="windows", __meta_ec2_primary_subnet_id="subnet-1", __meta_ec2_private_dns_name="ip-10-0-0-1.internal", __meta_ec2_private_ip="10.0.0.1", __meta_ec2_public_dns_name="ec2-198-51-100-1.example.com", __meta_ec2_public_ip="198.51.100.1", __meta_ec2_region="eu-west-1", __meta_ec2_subnet_id=",subnet-1,", __meta_ec2_tag_Name="web & <db>", __meta_ec2_tag_k8s_io_role___="node", __meta_ec2_vpc_id="vpc-1"}

            """,
            ExpectedGroups.Describe(answer.Groups));
    }

    [Fact]
    public async Task All_pages_are_read_and_filters_are_sent()
    {
        _world.Aws.Ec2.PageSize = 7;
        for (int index = 0; index < 40; index++)
        {
            _world.Aws.Ec2.Instances.Add(Instance(index, index % 2 == 0 ? "yes" : "no"));
        }

        RefreshAnswer answer = await FindAsync(_world.Config("ec2") with
        {
            Filters = [new("tag:monitor", ["yes", "may be"]), new("instance-state-name", ["running"])],
        });

        Assert.Equal(20, Assert.Single(answer.Groups).Targets.Count);
        Assert.Equal(3, _world.Aws.Count("DescribeInstances"));
        FakeAwsRequest first = Assert.Single(_world.Aws.Requests, static request =>
            request.Operation == "DescribeInstances" && !request.Form.ContainsKey("NextToken"));
        Assert.Equal("may be", first.Form["Filter.1.Value.2"]);
        Assert.Equal("1000", first.Form["MaxResults"]);
        Assert.Equal("2016-11-15", first.Form["Version"]);
    }

    [Fact]
    public async Task Zone_ids_are_asked_for_once_and_missed_without_the_permission_for_an_hour()
    {
        _world.Aws.Ec2.Instances.Add(Instance(1, "yes"));
        bool permitted = false;
        _world.Aws.Intercept = request => permitted || request.Operation != "DescribeAvailabilityZones"
            ? null
            : FakeAws.XmlError(403, "UnauthorizedOperation");
        using Ec2Targets targets = Targets(_world.Config("ec2"));
        for (int look = 0; look < 3; look++)
        {
            Assert.Single((await targets.FindAsync(TestContext.Current.CancellationToken)).Groups[0].Targets);
        }

        Assert.Equal(1, _world.Aws.Count("DescribeAvailabilityZones"));
        permitted = true;
        _world.Aws.Ec2.Zones["z"] = "z-id";
        _world.Time.Advance(TimeSpan.FromHours(1));
        for (int look = 0; look < 3; look++)
        {
            RefreshAnswer answer = await targets.FindAsync(TestContext.Current.CancellationToken);
            Assert.Equal("z-id", answer.Groups[0].Targets[0].GetString("__meta_ec2_availability_zone_id"));
        }

        Assert.Equal(2, _world.Aws.Count("DescribeAvailabilityZones"));
    }

    [Fact]
    public async Task A_page_that_comes_cut_is_asked_for_again_and_its_instances_count_once()
    {
        _world.Aws.Ec2.PageSize = 2;
        for (int index = 0; index < 5; index++)
        {
            _world.Aws.Ec2.Instances.Add(Instance(index, "yes"));
        }

        int asked = 0;
        _world.Aws.Intercept = request =>
        {
            if (request.Operation != "DescribeInstances" || ++asked != 2)
            {
                return null;
            }

            ScriptedResponse whole = _world.Aws.Ec2.Answer(request);
            return whole with { Body = whole.Body[..(whole.Body.Length - 40)] };
        };

        Assert.Equal(5, Assert.Single((await FindAsync(_world.Config("ec2"))).Groups).Targets.Count);
        Assert.Equal(4, _world.Aws.Count("DescribeInstances"));
    }

    [Fact]
    public async Task Targets_stay_as_they_were_while_the_service_refuses()
    {
        _world.Aws.Ec2.Instances.Add(Instance(1, "yes"));
        DiscoveryMetrics metrics = new(new MetricRegistry());
        using Ec2Targets targets = Targets(_world.Config("ec2"));
        RefreshDiscoverer discoverer = new(targets, "job", metrics, _world.Time, new Random(1), NullLogger.Instance);
        List<TargetGroup> reported = [];
        await discoverer.RefreshAsync(reported.AddRange, TestContext.Current.CancellationToken);
        Assert.Single(reported);

        _world.Aws.Intercept = static _ => FakeAws.XmlError(503, "RequestLimitExceeded");
        await discoverer.RefreshAsync(reported.AddRange, TestContext.Current.CancellationToken);

        Assert.Single(reported);
        Assert.Contains("RequestLimitExceeded", discoverer.Status.Problem, StringComparison.Ordinal);
        Assert.Equal(1, metrics.RefreshFailures("ec2", "job").Value);
        Assert.Equal(6, _world.Metrics.Throttled("ec2", "DescribeInstances").Value);
    }

    [Fact]
    public async Task An_answer_cut_at_any_byte_is_a_typed_error()
    {
        byte[] whole = await PageAsync();
        for (int length = 0; length < whole.Length; length += 7)
        {
            await Assert.ThrowsAsync<XmlException>(() => ReadAsync(whole[..length]));
        }

        Assert.Equal(3, await ReadAsync(whole));
    }

    [Fact]
    public async Task A_damaged_answer_is_read_or_a_typed_error()
    {
        Gen gen = Gen.Create(2016);
        byte[] whole = await PageAsync();
        int errors = 0;
        for (int run = 0; run < 500; run++)
        {
            Exception? error = await Record.ExceptionAsync(() => ReadAsync(gen.Mutate(whole)));
            Assert.True(error is null or XmlException, $"run {run}, {gen}: {error}");
            errors += error is null ? 0 : 1;
        }

        Assert.InRange(errors, 1, 499);
    }

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"b\">]><DescribeInstancesResponse>&a;</DescribeInstancesResponse>")]
    [InlineData("<html></html>")]
    [InlineData("")]
    public async Task What_is_no_such_answer_is_refused(string body) =>
        await Assert.ThrowsAsync<XmlException>(() => ReadAsync(Encoding.UTF8.GetBytes(body)));

    private static async Task<int> ReadAsync(byte[] body)
    {
        using MemoryStream stream = new(body);
        List<Ec2Instance> instances = [];
        await Ec2AnswerReader.ReadInstancesAsync(stream, instances);
        return instances.Count;
    }

    private async Task<byte[]> PageAsync()
    {
        await Task.CompletedTask;
        for (int index = 0; index < 3; index++)
        {
            _world.Aws.Ec2.Instances.Add(Instance(index, "ü"));
        }

        return _world.Aws.Ec2.Answer(new FakeAwsRequest("ec2", "DescribeInstances", new Dictionary<string, string>(), [], "")).Body;
    }

    private async Task<RefreshAnswer> FindAsync(AwsDiscoveryConfig config)
    {
        using Ec2Targets targets = Targets(config);
        RefreshAnswer answer = await targets.FindAsync(TestContext.Current.CancellationToken);
        Assert.Empty(_world.Aws.BadSignatures);
        return answer;
    }

    private Ec2Targets Targets(AwsDiscoveryConfig config) =>
        new(config, _world.Session(config), _world.Time, NullLogger.Instance);

    private static JsonObject Instance(int index, string monitored) => new()
    {
        ["InstanceId"] = $"i-{index}",
        ["PrivateIpAddress"] = $"10.0.0.{index}",
        ["State"] = new JsonObject { ["Name"] = "running" },
        ["Placement"] = new JsonObject { ["AvailabilityZone"] = "z" },
        ["Tags"] = new JsonArray(new JsonObject { ["Key"] = "monitor", ["Value"] = monitored }),
    };

    private static void AddTo(List<JsonObject> instances, JsonNode list)
    {
        foreach (JsonNode? instance in list.AsArray())
        {
            instances.Add(instance!.DeepClone().AsObject());
        }
    }

    private static JsonArray ReadCases() => JsonNode.Parse(File.ReadAllText(Oracle.Locate(CasesFile)))!.AsArray();
}
