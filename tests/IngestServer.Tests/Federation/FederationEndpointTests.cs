using System.Globalization;
using System.Net;
using System.Text;
using AmpEdge.IngestServer.Tests.Support;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Federation;

public sealed class FederationEndpointTests
{
    private const string ProtobufAccept =
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    private static readonly long s_now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).ToUnixTimeMilliseconds();

    [Fact]
    public async Task The_last_samples_of_the_lookback_are_on_the_page_ordered_by_name()
    {
        await using TestServer server = await StartAsync();
        await WriteAsync(server, new WriteBody()
            .Series(["__name__", "b", "l", "a\"b\\c\nd", "instance", "i"], (s_now - 20_000, 1), (s_now - 10_000, 2.5))
            .Series(["__name__", "b", "job", "j"], (s_now, 10_000))
            .Series("a", (s_now - 300_000, 1e6))
            .Series("old", (s_now - 300_001, 1))
            .Series("ended", (s_now - 20_000, 1), (s_now - 10_000, StaleMarker.Value)));
        (string type, string page) = await PageAsync(server, "match[]={__name__=~\".%2B\"}&match[]=b");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8; escaping=underscores", type);
        Assert.Equal(
            $$"""
            # TYPE a untyped
            a{instance=""} 1e+06 {{s_now - 300_000}}
            # TYPE b untyped
            b{instance="i",l="a\"b\\c\nd"} 2.5 {{s_now - 10_000}}
            b{job="j",instance=""} 10000 {{s_now}}

            """,
            page);
    }

    [Theory]
    [InlineData("", "underscores", "my_metric{_l_1=\"x\",instance=\"\"}", "my_metric")]
    [InlineData("text/plain;escaping=dots", "dots", "my_dot_metric{__l_dot_1=\"x\",instance=\"\"}", "my_dot_metric")]
    [InlineData("text/plain;escaping=values", "values", "U__my_2e_metric{U____l_2e_1=\"x\",instance=\"\"}", "U__my_2e_metric")]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8,text/plain;q=0.5", "allow-utf-8", "{\"my.metric\",\"_l.1\"=\"x\",instance=\"\"}", "\"my.metric\"")]
    public async Task Names_of_any_letters_are_written_as_the_reader_takes_them(
        string accept, string escaping, string series, string family)
    {
        await using TestServer server = await StartAsync();
        await WriteAsync(server, new WriteBody().Series(["__name__", "my.metric", "_l.1", "x"], (s_now, 1)));
        (string type, string page) = await PageAsync(server, "match[]={\"my.metric\"}", accept);
        Assert.Equal($"text/plain; version=0.0.4; charset=utf-8; escaping={escaping}", type);
        Assert.Equal($"# TYPE {family} untyped\n{series} 1 {s_now}\n", page);
    }

    [Fact]
    public async Task Native_histograms_are_in_protobuf_and_left_out_of_text()
    {
        Gen gen = Gen.Create(11);
        RandomHistograms random = new(gen, isFloat: false, customBounds: false);
        Histogram first = random.Next().Copy();
        Histogram last = random.Next().Copy();
        await using TestServer server = await StartAsync();
        await WriteAsync(server, new WriteBody().Histograms("native", [first, last], s_now - 15_000, 15_000));
        await WriteAsync(server, new WriteBody().Series(["__name__", "plain", "a", "b"], (s_now - 5, -0.5)));
        string text = (await PageAsync(server, "match[]={__name__=~\".%2B\"}")).Page;
        Assert.Equal($"# TYPE plain untyped\nplain{{a=\"b\",instance=\"\"}} -0.5 {s_now - 5}\n", text);

        using HttpResponseMessage response = await SendAsync(server, "match[]={__name__=~\".%2B\"}", ProtobufAccept);
        Assert.Equal(
            ProtobufAccept + "; escaping=underscores",
            string.Join("", response.Content.Headers.GetValues("Content-Type")));
        List<string> entries = Parse(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            [
                RandomHistograms.Describe(s_now, AsFloat(last)) + " native",
                $"plain{{a=\"b\"}} -0.5 {s_now - 5}",
            ],
            entries);
    }

    [Fact]
    public async Task Nothing_selected_is_an_empty_page_and_a_bad_selector_is_named()
    {
        await using TestServer server = await StartAsync();
        Assert.Equal("", (await PageAsync(server, "")).Page);
        using HttpResponseMessage response = await SendAsync(server, "match[]={", "");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("1:2: parse error: unexpected end of input inside braces\n", await TestServer.TextOf(response));
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(
        static settings => settings with { WithoutAuth = true }, TestServer.OneWorkspace,
        time: new ManualTime(DateTimeOffset.FromUnixTimeMilliseconds(s_now)));

    /// <summary>What an exposition writes of an integer histogram as floats.</summary>
    private static Histogram AsFloat(Histogram histogram)
    {
        Histogram copy = new()
        {
            IsFloat = true, Schema = histogram.Schema, ZeroThreshold = histogram.ZeroThreshold, Sum = histogram.Sum,
            FloatCount = histogram.Count, FloatZeroCount = histogram.ZeroCount,
        };
        Copy(histogram.Positive, copy.Positive);
        Copy(histogram.Negative, copy.Negative);
        return copy;

        static void Copy(HistogramSide from, HistogramSide to)
        {
            foreach (HistogramSpan span in from.Spans)
            {
                to.AddSpan(span);
            }

            foreach (long count in from.Counts)
            {
                to.AddFloatCount(count);
            }
        }
    }

    private static List<string> Parse(byte[] page)
    {
        List<string> entries = [];
        ProtobufParser parser = new(
            page, new LabelSlots(), new LabelSlots(), new ProtobufScratch(), new HistogramForms(Native: true, AlwaysClassic: false));
        LabelsBuilder builder = new();
        while (true)
        {
            ExpositionEntry entry = parser.Next();
            switch (entry)
            {
                case ExpositionEntry.EndOfPage:
                    return entries;
                case ExpositionEntry.Error:
                    Assert.Fail(parser.Error?.ToString());
                    break;
                case ExpositionEntry.Histogram:
                    builder.Reset();
                    SeriesLabels.AppendTo(ref parser, builder);
                    entries.Add($"{RandomHistograms.Describe(parser.TimestampMs, parser.Histogram)} {builder.Build()}");
                    break;
                case ExpositionEntry.Series:
                    builder.Reset();
                    SeriesLabels.AppendTo(ref parser, builder);
                    entries.Add(string.Create(CultureInfo.InvariantCulture, $"{builder.Build()} {parser.Value} {parser.TimestampMs}"));
                    break;
            }
        }
    }

    private static async Task WriteAsync(TestServer server, WriteBody body)
    {
        using HttpResponseMessage written = await server.WriteAsync(body.Compressed());
        Assert.True(written.StatusCode == HttpStatusCode.OK, await TestServer.TextOf(written));
    }

    private static Task<HttpResponseMessage> SendAsync(TestServer server, string query, string accept)
    {
        HttpRequestMessage request = server.NewRequest(HttpMethod.Get, $"/federate?{query}");
        if (accept.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        return server.SendAsync(request);
    }

    private static async Task<(string Type, string Page)> PageAsync(TestServer server, string query, string accept = "")
    {
        using HttpResponseMessage response = await SendAsync(server, query, accept);
        string page = await TestServer.TextOf(response);
        Assert.True(response.StatusCode == HttpStatusCode.OK, page);
        return (string.Join("", response.Content.Headers.GetValues("Content-Type")), page);
    }
}
