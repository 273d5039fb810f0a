using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace AmpEdge.Tests.Support;

/// <summary>
/// The part of EC2 that discovery uses. Instances are described by JSON in the API's own field names
/// (<c>InstanceId</c>, <c>State.Name</c>, …) and go out as XML by the names of the wire.
/// </summary>
public sealed class FakeEc2
{
    private const string Namespace = "http://ec2.amazonaws.com/doc/2016-11-15/";

    /// <summary>Fields whose name on the wire is not their own with a small first letter (the service model's locationName).</summary>
    private static readonly Dictionary<string, string> s_wireNames = new(StringComparer.Ordinal)
    {
        ["PublicIpAddress"] = "ipAddress", ["PublicDnsName"] = "dnsName", ["State"] = "instanceState",
        ["Tags"] = "tagSet", ["NetworkInterfaces"] = "networkInterfaceSet", ["Ipv6Addresses"] = "ipv6AddressesSet",
    };

    /// <summary>One reservation each.</summary>
    public List<JsonObject> Instances { get; } = [];

    /// <summary>Zone names with their ids.</summary>
    public Dictionary<string, string> Zones { get; } = [];

    /// <summary>Ids of network interfaces with their public addresses.</summary>
    public Dictionary<string, string> PublicIps { get; } = [];

    public string? OwnerId { get; set; } = "123456789012";

    /// <summary>The most instances that a page holds, whatever is asked for.</summary>
    public int PageSize { get; set; } = 1000;

    public ScriptedResponse Answer(FakeAwsRequest request) => request.Operation switch
    {
        "DescribeInstances" => DescribeInstances(request.Form),
        "DescribeAvailabilityZones" => DescribeZones(),
        "DescribeNetworkInterfaces" => DescribeInterfaces(request.Form),
        _ => FakeAws.XmlError(400, "InvalidAction", $"The action {request.Operation} is not valid for this web service."),
    };

    private ScriptedResponse DescribeInstances(IReadOnlyDictionary<string, string> form)
    {
        List<JsonObject> matching = Instances.FindAll(instance => MatchesAll(instance, form));
        int start = form.TryGetValue("NextToken", out string? token)
            ? int.Parse(token["page-".Length..], CultureInfo.InvariantCulture)
            : 0;
        int asked = form.TryGetValue("MaxResults", out string? max) ? int.Parse(max, CultureInfo.InvariantCulture) : PageSize;
        int end = Math.Min(matching.Count, start + Math.Min(asked, PageSize));
        XElement reservations = new("reservationSet");
        foreach (JsonObject instance in matching[start..end])
        {
            reservations.Add(new XElement(
                "item",
                new XElement("reservationId", "r-0"),
                OwnerId is null ? null : new XElement("ownerId", OwnerId),
                new XElement("groupSet"),
                new XElement("instancesSet", ToXml("item", instance))));
        }

        return Answer("DescribeInstancesResponse", reservations, end < matching.Count ? $"page-{end}" : null);
    }

    private ScriptedResponse DescribeZones()
    {
        XElement zones = new("availabilityZoneInfo");
        foreach ((string name, string id) in Zones)
        {
            zones.Add(new XElement(
                "item", new XElement("zoneName", name), new XElement("zoneState", "available"), new XElement("zoneId", id)));
        }

        return Answer("DescribeAvailabilityZonesResponse", zones, null);
    }

    private ScriptedResponse DescribeInterfaces(IReadOnlyDictionary<string, string> form)
    {
        XElement interfaces = new("networkInterfaceSet");
        foreach (string id in form.Where(static pair => pair.Key.StartsWith("Filter.1.Value.", StringComparison.Ordinal)).Select(static pair => pair.Value))
        {
            XElement? association = PublicIps.TryGetValue(id, out string? address)
                ? new XElement("association", new XElement("publicIp", address), new XElement("ipOwnerId", "amazon"))
                : null;
            interfaces.Add(new XElement("item", new XElement("networkInterfaceId", id), association));
        }

        return Answer("DescribeNetworkInterfacesResponse", interfaces, null);
    }

    private static bool MatchesAll(JsonObject instance, IReadOnlyDictionary<string, string> form)
    {
        for (int index = 1; form.TryGetValue($"Filter.{index}.Name", out string? name); index++)
        {
            string prefix = $"Filter.{index}.Value.";
            string? value = ValueOf(instance, name);
            if (!form.Any(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal) && pair.Value == value))
            {
                return false;
            }
        }

        return true;
    }

    private static string? ValueOf(JsonObject instance, string filter) => filter switch
    {
        "instance-id" => (string?)instance["InstanceId"],
        "instance-state-name" => (string?)instance["State"]?["Name"],
        _ when filter.StartsWith("tag:", StringComparison.Ordinal) => TagOf(instance, filter["tag:".Length..]),
        _ => throw new InvalidOperationException($"the fake of EC2 does not know the filter {filter}"),
    };

    private static string? TagOf(JsonObject instance, string key)
    {
        foreach (JsonNode? tag in instance["Tags"]?.AsArray() ?? [])
        {
            if ((string?)tag!["Key"] == key)
            {
                return (string?)tag["Value"];
            }
        }

        return null;
    }

    private static ScriptedResponse Answer(string root, XElement content, string? nextToken)
    {
        XElement document = new(
            root, new XElement("requestId", "r-1"), content, nextToken is null ? null : new XElement("nextToken", nextToken));
        foreach (XElement element in document.DescendantsAndSelf())
        {
            element.Name = XName.Get(element.Name.LocalName, Namespace);
        }

        return FakeAws.Answer(
            200, "text/xml;charset=UTF-8", $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{document}");
    }

    private static XElement ToXml(string name, JsonNode value)
    {
        XElement element = new(name);
        switch (value)
        {
            case JsonObject fields:
                foreach ((string key, JsonNode? field) in fields)
                {
                    string wireName = s_wireNames.TryGetValue(key, out string? other)
                        ? other
                        : char.ToLowerInvariant(key[0]) + key[1..];
                    element.Add(ToXml(wireName, field!));
                }

                break;
            case JsonArray items:
                foreach (JsonNode? item in items)
                {
                    element.Add(ToXml("item", item!));
                }

                break;
            default:
                element.Value = value.ToString();
                break;
        }

        return element;
    }
}
