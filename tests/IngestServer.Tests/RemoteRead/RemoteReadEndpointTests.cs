using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using AmpEdge.IngestServer.RemoteRead;
using AmpEdge.IngestServer.Tests.Support;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.IngestServer.Tests.RemoteRead;

public sealed class RemoteReadEndpointTests
{
    private const long T = 1_700_000_000_000;
    private const int Equal = 0;
    private const int NotEqual = 1;
    private const int Regex = 2;
    private const int NotRegex = 3;

    private static readonly (int, string, string)[] s_a = [(Equal, "__name__", "a")];

    [Fact]
    public async Task Both_forms_say_the_same_of_floats_and_histograms_query_by_query()
    {
        Gen gen = Gen.Create(7);
        await using TestServer server = await StartFilledAsync(gen);
        ReadBody body = new ReadBody()
            .Query(T, T + 10_000_000, [(Regex, "__name__", "a|native.*")])
            .Query(T + 15_500, T + 1_000_000, [(Equal, "__name__", "a"), (NotEqual, "i", "1"), (NotRegex, "i", "[3-9]")])
            .Query(T, T + 10_000_000, [(Equal, "__name__", "nothing")])
            .Query(T, T + 10_000_000, s_a, ReadBody.Hints("rate", T + 30_000, T + 60_000));

        ReadContent samples = ReadContent.OfSamples(await ReadAsync(server, body.Compressed()));
        ReadContent chunks = ReadContent.OfFrames(await ReadAsync(server, body.Accept(1, 0).Compressed()));
        Assert.Equal(4, samples.Queries.Count);
        Assert.Equal([0L, 1, 3], chunks.Queries.Keys);
        foreach ((long query, List<string> lines) in chunks.Queries)
        {
            Assert.True(
                string.Join('\n', BySeries(samples.Queries[query])) == string.Join('\n', lines), $"query {query}, {gen}");
        }

        Assert.Empty(samples.Queries[2]);
        Assert.Equal(12 + (12 * 300) + 3 + (3 * 100), samples.Queries[0].Count);
        Assert.Equal(["__name__=a,i=0", $"  {T + 30_000} 2", $"  {T + 45_000} 3", $"  {T + 60_000} 4"], samples.Queries[3].GetRange(0, 4));
        Assert.Equal($"  {T + 30_000} 2", chunks.Queries[1][1]);
        Assert.Equal([(byte)1, (byte)2, (byte)3], chunks.Chunks.Keys);
    }

    [Fact]
    public async Task Series_come_in_the_order_of_labels_and_long_ones_in_several_frames()
    {
        await using TestServer server = await StartFilledAsync(
            Gen.Create(8), settings => settings with { RemoteRead = new RemoteReadLimits { MaxFrameBytes = 1024 } });
        ReadContent chunks = ReadContent.OfFrames(await ReadAsync(
            server, new ReadBody().Query(T, T + 10_000_000, [(Regex, "__name__", ".+")]).Accept(1).Compressed()));
        List<string> series = chunks.Queries[0].FindAll(static line => line[0] != ' ');
        List<string> sorted = [.. series];
        sorted.Sort(StringComparer.Ordinal);
        Assert.Equal(sorted, series);
        Assert.True(chunks.Frames.Count > series.Count, $"{chunks.Frames.Count} frames");
        Assert.All(chunks.Frames, static length => Assert.InRange(length, 1, 1024 + 4096));
    }

    [Fact]
    public async Task Late_samples_and_deleted_ones_are_in_their_place_or_gone()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync(
            settings => settings with { EnableAdminApi = true }, TestServer.OneWorkspace + "\nlimits: {out_of_order_time_window: 1h}");
        await WriteAsync(server, new WriteBody().Series("a", (T, 1), (T + 60_000, 3)));
        await WriteAsync(server, new WriteBody().Series("a", (T + 30_000, 2)));
        using (HttpResponseMessage deleted = await server.SendAsync(server.NewRequest(
            HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"{TestServer.PathOf("admin/tsdb/delete_series")}?match[]=a&end={T / 1000}"))))
        {
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        foreach (byte type in (byte[])[0, 1])
        {
            byte[] answer = await ReadAsync(server, new ReadBody().Query(T, T + 60_000, s_a).Accept(type).Compressed());
            ReadContent content = type == 0 ? ReadContent.OfSamples(answer) : ReadContent.OfFrames(answer);
            Assert.Equal(["__name__=a", $"  {T + 30_000} 2", $"  {T + 60_000} 3"], content.Queries[0]);
        }
    }

    [Fact]
    public async Task Who_asks_for_series_gets_labels_and_no_samples()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        await WriteAsync(server, new WriteBody().Series("a", (T, 1)));
        ReadContent content = ReadContent.OfSamples(await ReadAsync(
            server, new ReadBody().Query(T, T + 1, s_a, ReadBody.Hints("series", T, T + 1)).Compressed()));
        Assert.Equal(["__name__=a"], content.Queries[0]);
    }

    [Fact]
    public async Task More_samples_than_the_limit_are_refused_and_streamed_all_the_same()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync(
            settings => settings with { RemoteRead = new RemoteReadLimits { MaxSamples = 2 } });
        await WriteAsync(server, new WriteBody().Series("a", (T, 1), (T + 1, 2)).Series("b", (T, 1)));
        ReadBody all = new ReadBody().Query(T, T + 1, [(Regex, "__name__", "a|b")]);
        Assert.Equal("exceeded sample limit (2)\n", await RefusedAsync(server, all.Compressed()));
        Assert.Equal(2, ReadContent.OfSamples(await ReadAsync(server, new ReadBody().Query(T, T + 1, s_a).Compressed())).Queries[0].Count - 1);
        Assert.Equal(5, ReadContent.OfFrames(await ReadAsync(server, all.Accept(1).Compressed())).Queries[0].Count);
    }

    [Fact]
    public async Task A_request_that_cannot_be_read_is_refused_with_the_reason()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        Assert.Equal("snappy: corrupt input\n", await RefusedAsync(server, [1, 2, 3]));
        Assert.Contains("malformed ReadRequest", await RefusedAsync(server, WriteBody.Compress([0x0A, 0xFF])), StringComparison.Ordinal);
        Assert.Equal(
            "invalid matcher type\n", await RefusedAsync(server, new ReadBody().Query(0, 1, [(9, "a", "b")]).Compressed()));
        Assert.Contains(
            "missing closing )", await RefusedAsync(server, new ReadBody().Query(0, 1, [(Regex, "a", "(")]).Compressed()),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "server does not support any of the requested response types: [7]",
            await RefusedAsync(server, new ReadBody().Accept(7).Compressed()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_body_made_of_a_good_one_does_more_than_be_refused()
    {
        Gen gen = Gen.Create(9);
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        byte[] good = new ReadBody().Query(T, T + 1, s_a, ReadBody.Hints("rate", T, T + 1)).Accept(1, 0).Message();
        for (int run = 0; run < 200; run++)
        {
            using HttpResponseMessage response = await SendAsync(server, WriteBody.Compress(gen.Mutate(good)));
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{response.StatusCode}, {gen}");
        }
    }

    private static async Task<TestServer> StartFilledAsync(Gen gen, Func<ServerSettings, ServerSettings>? change = null)
    {
        TestServer server = await TestServer.StartWithoutAuthAsync(
            change, TestServer.OneWorkspace + "\nlimits: {out_of_order_time_window: 24h}");
        for (int step = 0; step < 300; step += 100)
        {
            WriteBody body = new();
            for (int index = 0; index < 12; index++)
            {
                (long, double)[] samples = new (long, double)[100];
                for (int place = 0; place < samples.Length; place++)
                {
                    samples[place] = (T + ((step + place) * 15_000), step + place + (index * 0.1));
                }

                body.Series(["__name__", "a", "i", index.ToString(CultureInfo.InvariantCulture)], samples);
            }

            await WriteAsync(server, body);
        }

        await WriteAsync(server, new WriteBody().Histograms("native_0", Make(gen, isFloat: false), T, 15_000));
        await WriteAsync(server, new WriteBody().Histograms("native_1", Make(gen, isFloat: true), T, 15_000));
        await WriteAsync(server, new WriteBody().Histograms("native_2", Make(gen, isFloat: false), T, 15_000));
        return server;
    }

    private static List<Histogram> Make(Gen gen, bool isFloat)
    {
        RandomHistograms random = new(gen, isFloat);
        List<Histogram> histograms = [];
        for (int index = 0; index < 100; index++)
        {
            histograms.Add(random.Next().Copy());
        }

        return histograms;
    }

    /// <summary>The lines with the series in the order of their labels.</summary>
    private static List<string> BySeries(List<string> lines)
    {
        List<List<string>> series = [];
        foreach (string line in lines)
        {
            if (line[0] != ' ')
            {
                series.Add([]);
            }

            series[^1].Add(line);
        }

        series.Sort(static (left, right) => string.CompareOrdinal(left[0], right[0]));
        List<string> sorted = [];
        series.ForEach(sorted.AddRange);
        return sorted;
    }

    private static async Task WriteAsync(TestServer server, WriteBody body)
    {
        using HttpResponseMessage written = await server.WriteAsync(body.Compressed());
        Assert.True(written.StatusCode == HttpStatusCode.OK, await TestServer.TextOf(written));
    }

    private static Task<HttpResponseMessage> SendAsync(TestServer server, byte[] body)
    {
        HttpRequestMessage request = server.NewRequest(HttpMethod.Post, TestServer.PathOf("read"), body);
        request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        request.Content.Headers.ContentEncoding.Add("snappy");
        return server.SendAsync(request);
    }

    private static async Task<byte[]> ReadAsync(TestServer server, byte[] body)
    {
        using HttpResponseMessage response = await SendAsync(server, body);
        Assert.True(response.StatusCode == HttpStatusCode.OK, await TestServer.TextOf(response));
        return await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string> RefusedAsync(TestServer server, byte[] body)
    {
        using HttpResponseMessage response = await SendAsync(server, body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        return await TestServer.TextOf(response);
    }
}
