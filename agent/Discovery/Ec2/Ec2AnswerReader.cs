using System.Globalization;
using System.Xml;

namespace AmpEdge.Agent.Discovery;

/// <summary>Reads answers of the EC2 API (version 2016-11-15) while they arrive, keeping only what targets are made of.</summary>
internal static class Ec2AnswerReader
{
    /// <summary>Adds the instances of a page and returns the token of the next one, empty on the last.</summary>
    /// <exception cref="XmlException">The answer is cut, malformed, or of another operation.</exception>
    public static Task<string> ReadInstancesAsync(Stream answer, List<Ec2Instance> instances) =>
        ReadPageAsync(answer, "DescribeInstancesResponse", "reservationSet", reader => ReadReservationAsync(reader, instances));

    /// <summary>Adds the ids of zones by their names.</summary>
    /// <exception cref="XmlException">As above.</exception>
    public static Task<string> ReadZonesAsync(Stream answer, Dictionary<string, string> idsByName) =>
        ReadPageAsync(answer, "DescribeAvailabilityZonesResponse", "availabilityZoneInfo", async reader =>
        {
            string name = "";
            string id = "";
            await ChildrenAsync(reader, async child =>
            {
                switch (child)
                {
                    case "zoneName":
                        name = await XmlElements.TextAsync(reader);
                        break;
                    case "zoneId":
                        id = await XmlElements.TextAsync(reader);
                        break;
                }
            });
            if (name.Length > 0 && id.Length > 0)
            {
                idsByName[name] = id;
            }
        });

    /// <summary>Adds the public addresses of network interfaces by their ids; those that have none are left out.</summary>
    /// <exception cref="XmlException">As above.</exception>
    public static Task<string> ReadInterfacesAsync(Stream answer, Dictionary<string, string> publicIpsById) =>
        ReadPageAsync(answer, "DescribeNetworkInterfacesResponse", "networkInterfaceSet", async reader =>
        {
            string id = "";
            string address = "";
            await ChildrenAsync(reader, async child =>
            {
                switch (child)
                {
                    case "networkInterfaceId":
                        id = await XmlElements.TextAsync(reader);
                        break;
                    case "association":
                        address = await ChildTextAsync(reader, "publicIp");
                        break;
                }
            });
            if (id.Length > 0 && address.Length > 0)
            {
                publicIpsById[id] = address;
            }
        });

    private static async Task<string> ReadPageAsync(
        Stream answer, string root, string list, Func<XmlReader, Task> readItem)
    {
        using XmlReader reader = XmlReader.Create(answer, XmlElements.Settings);
        await reader.MoveToContentAsync();
        if (reader.LocalName != root)
        {
            throw new XmlException($"the answer is <{reader.LocalName}>, not <{root}>");
        }

        string nextToken = "";
        await ChildrenAsync(reader, async child =>
        {
            if (child == list)
            {
                await XmlElements.ItemsAsync(reader, readItem);
            }
            else if (child == "nextToken")
            {
                nextToken = await XmlElements.TextAsync(reader);
            }
        });
        return nextToken;
    }

    private static async Task ReadReservationAsync(XmlReader reader, List<Ec2Instance> instances)
    {
        int first = instances.Count;
        string? owner = null;
        await ChildrenAsync(reader, async child =>
        {
            if (child == "ownerId")
            {
                owner = await XmlElements.TextAsync(reader);
            }
            else if (child == "instancesSet")
            {
                await XmlElements.ItemsAsync(reader, async item => instances.Add(await ReadInstanceAsync(item)));
            }
        });

        // The owner may stand behind the instances.
        for (int index = first; index < instances.Count; index++)
        {
            instances[index].OwnerId = owner;
        }
    }

    private static async Task<Ec2Instance> ReadInstanceAsync(XmlReader reader)
    {
        Ec2Instance instance = new();
        await ChildrenAsync(reader, async child =>
        {
            switch (child)
            {
                case "instanceId":
                    instance.InstanceId = await XmlElements.TextAsync(reader);
                    break;
                case "imageId":
                    instance.ImageId = await XmlElements.TextAsync(reader);
                    break;
                case "instanceType":
                    instance.InstanceType = await XmlElements.TextAsync(reader);
                    break;
                case "instanceState":
                    instance.State = await ChildTextAsync(reader, "name");
                    break;
                case "placement":
                    instance.AvailabilityZone = await ChildTextAsync(reader, "availabilityZone");
                    break;
                case "architecture":
                    instance.Architecture = await XmlElements.TextAsync(reader);
                    break;
                case "platform":
                    instance.Platform = await XmlElements.TextAsync(reader);
                    break;
                case "instanceLifecycle":
                    instance.Lifecycle = await XmlElements.TextAsync(reader);
                    break;
                case "tagSet":
                    await XmlElements.ItemsAsync(reader, item => ReadTagAsync(item, instance.Tags));
                    break;
                default:
                    await ReadNetworkFieldAsync(reader, child, instance);
                    break;
            }
        });
        return instance;
    }

    private static async Task ReadNetworkFieldAsync(XmlReader reader, string field, Ec2Instance instance)
    {
        switch (field)
        {
            case "privateIpAddress":
                instance.PrivateIp = await XmlElements.TextAsync(reader);
                break;
            case "ipAddress":
                instance.PublicIp = await XmlElements.TextAsync(reader);
                break;
            case "privateDnsName":
                instance.PrivateDnsName = await XmlElements.TextAsync(reader);
                break;
            case "dnsName":
                instance.PublicDnsName = await XmlElements.TextAsync(reader);
                break;
            case "vpcId":
                instance.VpcId = await XmlElements.TextAsync(reader);
                break;
            case "subnetId":
                instance.SubnetId = await XmlElements.TextAsync(reader);
                break;
            case "networkInterfaceSet":
                await XmlElements.ItemsAsync(
                    reader, async item => instance.NetworkInterfaces.Add(await ReadInterfaceAsync(item)));
                break;
        }
    }

    private static async Task<Ec2NetworkInterface> ReadInterfaceAsync(XmlReader reader)
    {
        Ec2NetworkInterface found = new();
        await ChildrenAsync(reader, async child =>
        {
            switch (child)
            {
                case "subnetId":
                    found.SubnetId = await XmlElements.TextAsync(reader);
                    break;
                case "attachment":
                    found.DeviceIndex = IndexOf(await ChildTextAsync(reader, "deviceIndex"));
                    break;
                case "ipv6AddressesSet":
                    await XmlElements.ItemsAsync(reader, item => ReadIpv6Async(item, found.Ipv6Addresses));
                    break;
            }
        });
        return found;
    }

    private static async Task ReadIpv6Async(XmlReader reader, List<(string Address, bool IsPrimary)> addresses)
    {
        string address = "";
        bool isPrimary = false;
        await ChildrenAsync(reader, async child =>
        {
            switch (child)
            {
                case "ipv6Address":
                    address = await XmlElements.TextAsync(reader);
                    break;
                case "isPrimaryIpv6":
                    isPrimary = await XmlElements.TextAsync(reader) == "true";
                    break;
            }
        });
        if (address.Length > 0)
        {
            addresses.Add((address, isPrimary));
        }
    }

    private static async Task ReadTagAsync(XmlReader reader, List<KeyValuePair<string, string>> tags)
    {
        string? key = null;
        string? value = null;
        await ChildrenAsync(reader, async child =>
        {
            switch (child)
            {
                case "key":
                    key = await XmlElements.TextAsync(reader);
                    break;
                case "value":
                    value = await XmlElements.TextAsync(reader);
                    break;
            }
        });
        if (key is not null && value is not null)
        {
            tags.Add(new(key, value));
        }
    }

    private static int IndexOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : -1;

    private static async Task<string> ChildTextAsync(XmlReader reader, string name)
    {
        string text = "";
        await ChildrenAsync(reader, async child => text = child == name ? await XmlElements.TextAsync(reader) : text);
        return text;
    }

    private static async Task ChildrenAsync(XmlReader reader, Func<string, Task> read)
    {
        int depth = reader.Depth;
        if (reader.IsEmptyElement)
        {
            return;
        }

        while (await XmlElements.NextChildAsync(reader, depth))
        {
            await read(reader.LocalName);
        }
    }
}
