using System.Text;
using System.Text.Json;
using AmpEdge.Agent.Discovery.Kubernetes;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery.Kubernetes;

public sealed class ObjectReaderTests
{
    private static readonly (ResourceKind Kind, string File)[] s_recorded =
    [
        (ResourceKind.Pods, "pods"), (ResourceKind.Nodes, "nodes"), (ResourceKind.Services, "services"),
        (ResourceKind.Endpoints, "endpoints"), (ResourceKind.EndpointSlices, "endpointslices"),
        (ResourceKind.Ingresses, "ingresses"), (ResourceKind.Namespaces, "namespaces"),
        (ResourceKind.ReplicaSets, "replicasets"), (ResourceKind.Jobs, "jobs"),
    ];

    private readonly LabelsBuilder _labels = new();

    [Fact]
    public void Objects_without_content_are_read()
    {
        Gen gen = Gen.Create(23);
        string[] bodies = ["", ",\"spec\":null,\"status\":null", ",\"spec\":{},\"status\":{}", ",\"spec\":{\"containers\":null,\"ports\":null,\"rules\":[null]}"];
        foreach ((ResourceKind kind, _) in s_recorded)
        {
            string json = $$"""{"metadata":{"name":"x"}{{gen.Pick<string>(bodies)}}}""";
            KubernetesObject? item = kind.Read(Encoding.UTF8.GetBytes(json), _labels);

            Assert.Equal(new ObjectKey("", "x"), item?.Key);
        }
    }

    [Fact]
    public void An_object_without_a_name_is_none()
    {
        foreach ((ResourceKind kind, _) in s_recorded)
        {
            Assert.Null(kind.Read("""{"metadata":{"resourceVersion":"587"},"spec":{"containers":null},"status":{}}"""u8, _labels));
            Assert.Null(kind.Read("null"u8, _labels));
        }
    }

    [Fact]
    public void Of_two_keys_that_become_one_name_the_first_in_order_gives_the_value()
    {
        KubernetesObject? pod = ResourceKind.Pods.Read(
            """{"metadata":{"name":"x","labels":{"a.b":"dot","a-b":"dash","a_b":"line","é":"letter"},"annotations":{"c.d":"dot","c-d":""}}}"""u8,
            _labels);

        Assert.Equal("dash", pod?.Meta.GetString("__meta_kubernetes_pod_label_a_b"));
        Assert.Equal("letter", pod?.Meta.GetString("__meta_kubernetes_pod_label__"));
        Assert.Equal("", pod?.Meta.GetString("__meta_kubernetes_pod_annotation_c_d"));
        Assert.Equal("true", pod?.Meta.GetString("__meta_kubernetes_pod_annotationpresent_c_d"));
    }

    [Fact]
    public void Recorded_objects_cut_off_anywhere_or_garbled_are_read_or_refused_and_nothing_else()
    {
        Gen gen = Gen.Create(24);
        foreach ((ResourceKind kind, string file) in s_recorded)
        {
            byte[] item = FirstItem(file);
            for (int length = 0; length < item.Length; length += gen.Int(1, 40))
            {
                ReadAny(kind, item.AsSpan(0, length), gen);
            }

            for (int round = 0; round < 300; round++)
            {
                ReadAny(kind, gen.Mutate(item, 6), gen);
            }
        }
    }

    [Fact]
    public void Lines_that_are_no_events_are_refused_and_nothing_else()
    {
        Gen gen = Gen.Create(25);
        byte[] line = Encoding.UTF8.GetBytes(File.ReadAllLines(Oracle.Locate("kubernetes/watch/watch-services.ndjson"))[0]);
        for (int round = 0; round < 2000; round++)
        {
            byte[] garbled = round < line.Length ? line[..round] : gen.Mutate(line, 6);
            try
            {
                _ = ObjectVersion.Find(WatchEvent.Parse(garbled).Json);
            }
            catch (KubernetesException refused)
            {
                Assert.NotEmpty(refused.Message);
            }
            catch (Exception other)
            {
                Assert.Fail($"{gen}: {other}");
            }
        }
    }

    [Fact]
    public void An_event_is_taken_apart_in_either_order()
    {
        WatchEvent usual = WatchEvent.Parse("""{"type":"DELETED","object":{"metadata":{"resourceVersion":"5"}}}"""u8);
        WatchEvent other = WatchEvent.Parse("""{"object":{"metadata":{"x":{"resourceVersion":"1"},"resourceVersion":"6"}},"type":"NEW"}"""u8);

        Assert.Equal(WatchEventType.Deleted, usual.Type);
        Assert.Equal("5", ObjectVersion.Find(usual.Json));
        Assert.Equal(WatchEventType.Unknown, other.Type);
        Assert.Equal("6", ObjectVersion.Find(other.Json));
    }

    private void ReadAny(ResourceKind kind, ReadOnlySpan<byte> json, Gen gen)
    {
        try
        {
            _ = kind.Read(json, _labels);
        }
        catch (JsonException refused)
        {
            Assert.NotEmpty(refused.Message);
        }
        catch (Exception other)
        {
            Assert.Fail($"{gen}: {kind}: {other}");
        }
    }

    private static byte[] FirstItem(string file)
    {
        using JsonDocument list = JsonDocument.Parse(File.ReadAllText(Oracle.Locate($"kubernetes/lists/s1/list-{file}.json")));
        return Encoding.UTF8.GetBytes(list.RootElement.GetProperty("items")[0].GetRawText());
    }
}
