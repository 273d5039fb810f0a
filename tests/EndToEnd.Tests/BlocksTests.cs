using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>Blocks of Debian's Prometheus in our hands, and ours in its.</summary>
public sealed class BlocksTests
{
    private const long StartMs = 1_700_000_000_000;
    private const int Samples = 260;
    private const int StepMs = 15_000;

    private static readonly DiskFileSystem s_files = new();

    /// <summary>
    /// Floats and native histograms go into a Prometheus, which takes a snapshot. We read its block, write each chunk anew to
    /// the same bytes, and make a block of our own of it, from which another Prometheus gives the same answers.
    /// </summary>
    [Fact]
    public async Task A_block_of_prometheus_is_read_written_anew_and_answered_from_alike()
    {
        Gen gen = Gen.Create(51);
        using WorkingFolder folder = new();
        await using RunningProgram source = await Pipeline.StartPrometheusAsync(
            folder, "global: {}\n", "--web.enable-remote-write-receiver", "--web.enable-admin-api", "--enable-feature=native-histograms");
        await WriteAsync(source, gen);
        string snapshot = await SnapshotAsync(source, folder);

        using WorkingFolder copyFolder = new();
        string target = copyFolder.At("prometheus-data");
        int chunks = 0;
        foreach (string path in Directory.EnumerateDirectories(snapshot))
        {
            Assert.True(Block.TryOpen(s_files, path, new PageCache(1 << 20), out Block? block, out BlockCorruptionException? corruption), corruption?.Message);
            using (block)
            {
                Assert.Empty(block.Verify(TestContext.Current.CancellationToken));
                chunks += Rewrite(block, target, gen);
            }
        }

        Assert.True(chunks > 60, $"only {chunks} chunks");
        await using RunningProgram other = await Pipeline.StartPrometheusAsync(copyFolder, "global: {}\n", "--enable-feature=native-histograms");
        foreach (string query in (string[])
            ["{__name__=~'.+'}[3h]", "rate(floats[5m])", "histogram_quantile(0.9, histograms)", "count by(kind)({kind=~'f.*', __name__!='floats'})"])
        {
            string question = string.Create(
                CultureInfo.InvariantCulture, $"/api/v1/query?query={Uri.EscapeDataString(query)}&time={(StartMs + (Samples * StepMs)) / 1000}");
            string expected = await source.GetAsync(question);
            Assert.Contains("\"metric\"", expected, StringComparison.Ordinal);
            Assert.Equal(SeriesOf(expected), SeriesOf(await other.GetAsync(question)));
        }
    }

    private static async Task WriteAsync(RunningProgram prometheus, Gen gen)
    {
        List<(ByteBuffer Labels, RandomHistograms? Histograms)> series = [];
        for (int index = 0; index < 10; index++)
        {
            string kind = index < 4 ? "float" : index < 7 ? "integer" : "floating";
            ByteBuffer labels = new();
            WriteRequestV1Writer.AppendLabel(labels, "__name__"u8, index < 4 ? "floats"u8 : "histograms"u8);
            WriteRequestV1Writer.AppendLabel(labels, "kind"u8, System.Text.Encoding.UTF8.GetBytes(kind));
            WriteRequestV1Writer.AppendLabel(labels, "number"u8, [(byte)('0' + index)]);
            series.Add((labels, index < 4 ? null : new RandomHistograms(gen, kind == "floating", customBounds: false)));
        }

        ByteBuffer request = new();
        ByteBuffer fields = new();
        ByteBuffer message = new();
        for (int sample = 0; sample < Samples; sample++)
        {
            long timeMs = StartMs + (sample * StepMs);
            request.Clear();
            foreach ((ByteBuffer labels, RandomHistograms? histograms) in series)
            {
                fields.Clear();
                message.Clear();
                if (histograms is null)
                {
                    WriteRequestV1Writer.AppendSample(fields, timeMs, gen.OneIn(9) ? StaleMarker.Value : gen.OneIn(3) ? gen.AnyDouble() : sample);
                }
                else
                {
                    HistogramMessageWriter.Write(message, sample < Samples - 1 ? histograms.Next() : histograms.Last(), timeMs);
                    WriteRequestV1Writer.AppendHistogram(fields, message.Written);
                }

                WriteRequestV1Writer.AppendTimeSeries(request, labels.Written, fields.Written);
            }

            await PostAsync(prometheus, request);
        }
    }

    private static async Task PostAsync(RunningProgram prometheus, ByteBuffer request)
    {
        byte[] body = new byte[Snappy.MaxEncodedLength(request.Length)];
        int length = Snappy.Encode(request.Written, body);
        using ByteArrayContent content = new(body, 0, length);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("snappy");
        content.Headers.Add("X-Prometheus-Remote-Write-Version", "0.1.0");
        using HttpResponseMessage answer = await prometheus.Http.PostAsync("/api/v1/write", content, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, prometheus.Describe($"write: {(int)answer.StatusCode} {text}"));
    }

    private static async Task<string> SnapshotAsync(RunningProgram prometheus, WorkingFolder folder)
    {
        using HttpResponseMessage answer = await prometheus.Http.PostAsync(
            "/api/v1/admin/tsdb/snapshot", null, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, prometheus.Describe($"snapshot: {(int)answer.StatusCode} {text}"));
        using JsonDocument document = JsonDocument.Parse(text);
        return Path.Combine(
            folder.At("prometheus-data"), "snapshots", document.RootElement.GetProperty("data").GetProperty("name").GetString()!);
    }

    /// <summary>Writes a block with everything of another, chunk by chunk from its decoded samples. Returns the number of chunks.</summary>
    private static int Rewrite(Block block, string folder, Gen gen)
    {
        int chunks = 0;
        Ulid ulid = Ulid.Create(DateTimeOffset.FromUnixTimeMilliseconds(StartMs + block.Meta.MinTimeMs), gen.Bytes(Ulid.EntropyBytes));
        using BlockWriter writer = BlockWriter.Create(s_files, folder, ulid);
        SelectedBlockSeries series = block.Select([], long.MinValue, long.MaxValue);
        while (series.MoveNext())
        {
            writer.BeginSeries(series.LabelsBlob);
            foreach (ChunkMeta chunk in series.Chunks)
            {
                byte[] bytes = series.ReadChunk(chunk, out ChunkEncoding encoding).ToArray();
                byte[] again = encoding == ChunkEncoding.Xor ? EncodeFloats(bytes) : EncodeHistograms(bytes, encoding);
                // Prometheus may leave a byte of zeros behind bits that end with a byte.
                bool isSame = bytes.AsSpan().StartsWith(again) && (bytes.Length == again.Length || bytes is [.., 0] && bytes.Length == again.Length + 1);
                Assert.True(isSame, $"{series.Labels} {chunk} differs from byte {bytes.AsSpan().CommonPrefixLength(again)} on: {Convert.ToHexString(bytes)} {Convert.ToHexString(again)} {gen}");
                writer.AddChunk(chunk.MinTimeMs, chunk.MaxTimeMs, encoding, again);
                chunks++;
            }
        }

        Assert.NotNull(writer.Finish(block.Meta.MinTimeMs, block.Meta.MaxTimeMs, new BlockCompaction { Level = 1, Sources = [ulid] }));
        return chunks;
    }

    private static byte[] EncodeFloats(byte[] chunk)
    {
        byte[] block = new byte[chunk.Length + (2 * XorState.MaxSampleBytes)];
        XorState state = default;
        XorDecoder decoder = new(chunk);
        while (decoder.MoveNext())
        {
            if (state.Samples == 0)
            {
                state.Start(block, decoder.TimestampMs, decoder.Value);
            }
            else
            {
                state.Append(block, decoder.TimestampMs, decoder.Value);
            }
        }

        block[0] = (byte)(state.Samples >> 8);
        block[1] = (byte)state.Samples;
        return block[..state.ByteLength];
    }

    private static byte[] EncodeHistograms(byte[] bytes, ChunkEncoding encoding)
    {
        HistogramNumbers numbers = new();
        Histogram histogram = new();
        HistogramChunk chunk = new();
        HistogramDecoder decoder = new(bytes, encoding == ChunkEncoding.FloatHistogram, numbers);
        while (decoder.MoveNext())
        {
            numbers.CopyTo(histogram, decoder.Hint);
            if (decoder.Read == 1)
            {
                chunk.Start(decoder.TimestampMs, histogram, decoder.Header);
            }
            else
            {
                chunk.Append(decoder.TimestampMs, histogram);
            }
        }

        return chunk.Bytes.ToArray();
    }

    /// <summary>The series of an answer, in an order of their own.</summary>
    private static string SeriesOf(string answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        List<string> series = [];
        foreach (JsonElement entry in document.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
        {
            series.Add(entry.GetRawText());
        }

        series.Sort(string.CompareOrdinal);
        return string.Join('\n', series);
    }
}
