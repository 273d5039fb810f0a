using System.Text;
using AmpEdge.Agent.Discovery.Kubernetes;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery.Kubernetes;

public sealed class ObjectListTests
{
    private const int MaxObjectBytes = 1 << 20;

    [Fact]
    public async Task A_recorded_list_gives_its_items_and_version_in_pieces_of_any_size()
    {
        byte[] bytes = await File.ReadAllBytesAsync(Oracle.Locate("kubernetes/lists/s1/list-endpointslices.json"));
        Gen gen = Gen.Create(21);
        (ListMetaJson meta, List<string> whole) = await ReadAsync(bytes, static () => 1 << 20);
        Assert.Equal("437", meta.ResourceVersion);
        Assert.Equal(21, whole.Count);
        Assert.All(whole, static item => Assert.StartsWith("{\"metadata\":{\"name\":", item, StringComparison.Ordinal));

        for (int round = 0; round < 10; round++)
        {
            int max = gen.Pick(2, 100, 40_000);
            (_, List<string> items) = await ReadAsync(bytes, () => gen.Int(1, max));
            Assert.True(whole.ToArray().AsSpan().SequenceEqual(items.ToArray()), gen.ToString());
        }
    }

    [Theory]
    [InlineData("""{"items":[{"a":1},{"b":[{}]}],"metadata":{"resourceVersion":"7","continue":"c"}}""", 2, "7", "c")]
    [InlineData("""{"metadata":{"resourceVersion":"7"},"items":null,"more":{"items":[1]}}""", 0, "7", null)]
    [InlineData("""{"items":[]}""", 0, null, null)]
    [InlineData("""{"metadata":null,"items":[]}""", 0, null, null)]
    public async Task Members_may_come_in_any_order_or_not_at_all(string json, int count, string? version, string? next)
    {
        (ListMetaJson meta, List<string> items) = await ReadAsync(Encoding.UTF8.GetBytes(json), static () => 1);

        Assert.Equal(count, items.Count);
        Assert.Equal(version, meta.ResourceVersion);
        Assert.Equal(next, meta.Continue);
    }

    [Fact]
    public async Task A_list_that_is_cut_off_anywhere_is_refused()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("""{"kind":"PodList","metadata":{"resourceVersion":"7"},"items":[{"a":"\u00e4"},{"b":[1,2]}]}""");
        for (int length = 0; length < bytes.Length; length++)
        {
            await Assert.ThrowsAsync<KubernetesException>(() => ReadAsync(bytes[..length], static () => 3));
        }
    }

    [Fact]
    public async Task Garbled_lists_are_read_or_refused_and_nothing_else()
    {
        byte[] bytes = (await File.ReadAllBytesAsync(Oracle.Locate("kubernetes/lists/s1/list-services.json")))[..6000];
        Gen gen = Gen.Create(22);
        for (int round = 0; round < 500; round++)
        {
            byte[] garbled = gen.Mutate(bytes, 8);
            try
            {
                await ReadAsync(garbled, () => gen.Int(1, 3000));
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
    public async Task An_object_beyond_the_limit_is_refused()
    {
        string json = $$"""{"items":[{"a":"{{new string('x', 3 << 20)}}"}]}""";

        await Assert.ThrowsAsync<KubernetesException>(() => ReadAsync(Encoding.UTF8.GetBytes(json), static () => 100_000));
    }

    private static async Task<(ListMetaJson Meta, List<string> Items)> ReadAsync(byte[] bytes, Func<int> nextSize)
    {
        List<string> items = [];
        ListMetaJson meta = await ObjectList.ReadAsync(
            new ChoppedStream(bytes, nextSize),
            json => items.Add(Encoding.UTF8.GetString(json.Span)),
            MaxObjectBytes,
            CancellationToken.None);
        return (meta, items);
    }
}
