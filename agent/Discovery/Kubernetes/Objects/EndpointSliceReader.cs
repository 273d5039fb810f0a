using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Keeps what is used of a slice of endpoints.</summary>
internal static class EndpointSliceReader
{
    private const string ServiceNameLabel = "kubernetes.io/service-name";

    public static EndpointSlice Read(EndpointSliceJson json, ObjectMetaJson meta, LabelsBuilder labels)
    {
        labels.Reset();
        MetaLabels.AddObject(labels, "endpointslice", meta);
        labels.Set(MetaLabels.Prefix + "endpointslice_address_type", json.AddressType ?? "");
        return new EndpointSlice(ObjectReader.KeyOf(meta), labels.Build())
        {
            AddressType = json.AddressType ?? "",
            ServiceName = meta.Labels?.GetValueOrDefault(ServiceNameLabel),
            Items = Items(json),
            Ports = Ports(json),
        };
    }

    private static SliceEndpoint[] Items(EndpointSliceJson json)
    {
        List<SliceEndpoint> items = [];
        foreach (EndpointSliceJson.Endpoint? endpoint in json.Endpoints ?? [])
        {
            if (endpoint is not null)
            {
                items.Add(new SliceEndpoint
                {
                    Addresses = ObjectReader.Texts(endpoint.Addresses),
                    Ready = endpoint.Conditions?.Ready,
                    Serving = endpoint.Conditions?.Serving,
                    Terminating = endpoint.Conditions?.Terminating,
                    Hostname = endpoint.Hostname,
                    NodeName = endpoint.NodeName,
                    Zone = endpoint.Zone,
                    Target = EndpointsReader.Target(endpoint.TargetRef),
                });
            }
        }

        return [.. items];
    }

    private static SlicePort[] Ports(EndpointSliceJson json)
    {
        List<SlicePort> ports = [];
        foreach (EndpointSliceJson.EndpointSlicePort? port in json.Ports ?? [])
        {
            if (port is not null)
            {
                ports.Add(new SlicePort(port.Name, port.Protocol, port.Number, port.AppProtocol));
            }
        }

        return [.. ports];
    }
}
