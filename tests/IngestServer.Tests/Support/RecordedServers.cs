using System.Net;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Support;

/// <summary>The two servers of the recorded API cases: one filled with the recorded data, one empty for writes.</summary>
public sealed class RecordedServers : IAsyncLifetime
{
    private const string Folder = "conformance/http_api";

    /// <summary>The recorded server took nothing out of order, as Prometheus does unless it is told to.</summary>
    private const string InOrder = TestServer.OneWorkspace + "\nlimits: {out_of_order_time_window: 0s}";

    private TestServer? _filled;
    private TestServer? _empty;

    internal static string CasesFile => Path.Combine(Oracle.SharedFolder, Folder, "cases.json");

    internal TestServer Filled => _filled ?? throw new InvalidOperationException("not started");

    internal TestServer Empty => _empty ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync()
    {
        if (!Oracle.Has(Folder))
        {
            return;
        }

        _filled = await TestServer.StartWithoutAuthAsync(
            settings => settings with { Engine = settings.Engine with { MaxSamples = 1500 } }, InOrder);
        _empty = await TestServer.StartWithoutAuthAsync(config: InOrder);
        await LoadSamplesAsync(_filled);
        await LoadMetadataAsync(_filled);
        using HttpRequestMessage push = _filled.NewWrite("/api/v1/write", await ReadAsync("push.snappy"));
        using HttpResponseMessage pushed = await _filled.Client.SendAsync(push);
        Assert.True(pushed.StatusCode == HttpStatusCode.NoContent, await pushed.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await (_filled?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_empty?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private static Task<byte[]> ReadAsync(string file) =>
        File.ReadAllBytesAsync(Path.Combine(Oracle.SharedFolder, Folder, "data", file));

    /// <summary>The samples lie in the file series by series; a head takes them in the order of time.</summary>
    private static async Task LoadSamplesAsync(TestServer server)
    {
        SortedDictionary<long, WriteBody> byTime = [];
        byte[] page = await ReadAsync("samples.om.txt");
        Collect(page, byTime);
        foreach (WriteBody body in byTime.Values)
        {
            using HttpRequestMessage request = server.NewWrite("/api/v1/write", body.Compressed());
            using HttpResponseMessage response = await server.Client.SendAsync(request);
            Assert.True(response.StatusCode == HttpStatusCode.NoContent, await response.Content.ReadAsStringAsync());
        }
    }

    private static void Collect(byte[] page, SortedDictionary<long, WriteBody> byTime)
    {
        LabelsBuilder builder = new();
        LineParser<OpenMetricsGrammar> parser = new(page, new LabelSlots(), new LabelSlots());
        while (true)
        {
            switch (parser.Next())
            {
                case ExpositionEntry.Series:
                    builder.Reset();
                    SeriesLabels.AppendTo(ref parser, builder);
                    if (!byTime.TryGetValue(parser.TimestampMs, out WriteBody? body))
                    {
                        byTime.Add(parser.TimestampMs, body = new WriteBody());
                    }

                    body.Series(PairsOf(builder.Build()), (parser.TimestampMs, parser.Value));
                    break;
                case ExpositionEntry.EndOfPage:
                    return;
                case ExpositionEntry.Error:
                    Assert.Fail(parser.Error?.ToString());
                    break;
            }
        }
    }

    private static string[] PairsOf(Labels labels)
    {
        List<string> pairs = [];
        foreach ((ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) in labels)
        {
            pairs.Add(Encoding.UTF8.GetString(name));
            pairs.Add(Encoding.UTF8.GetString(value));
        }

        return [.. pairs];
    }

    /// <summary>What the recorded server learned by scraping arrives here as a sender would send it.</summary>
    private static async Task LoadMetadataAsync(TestServer server)
    {
        WriteBody body = new();
        Dictionary<string, string> helps = [];
        foreach (string line in Encoding.UTF8.GetString(await ReadAsync("target_page.txt")).Split('\n'))
        {
            string[] words = line.Split(' ', 4);
            if (words is ["#", "HELP", var helped, var help])
            {
                helps[helped] = help;
            }
            else if (words is ["#", "TYPE", var typed, var type])
            {
                body.Metadata(typed, Enum.Parse<MetricType>(type, ignoreCase: true), helps.GetValueOrDefault(typed, ""), "");
            }
        }

        using HttpRequestMessage request = server.NewWrite("/api/v1/write", body.Compressed());
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }
}
