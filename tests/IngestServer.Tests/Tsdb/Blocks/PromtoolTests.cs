using System.Diagnostics;
using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Blocks;

public sealed class PromtoolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ampedge-blocks-").FullName;
    private readonly DiskFileSystem _files = new();

    /// <summary>Promtool dumps no folder that has no log.</summary>
    public PromtoolTests() => Directory.CreateDirectory(Path.Combine(_folder, "wal"));

    [Fact]
    public void Every_sample_of_a_block_that_promtool_made_is_read()
    {
        Gen gen = Gen.Create(21);
        SortedDictionary<Labels, List<Sample>> series = Series(gen);
        string source = Path.Combine(_folder, "in.om");
        File.WriteAllText(source, OpenMetrics(series));
        Promtool("tsdb", "create-blocks-from", "openmetrics", source, _folder);

        SortedDictionary<Labels, List<Sample>> found = [];
        foreach (string path in Directory.EnumerateDirectories(_folder, "01*"))
        {
            Assert.True(
                Block.TryOpen(_files, path, new PageCache(1 << 20), out Block? block, out BlockCorruptionException? corruption),
                corruption?.Message);
            using (block)
            {
                // The same bytes, and then our checksum.
                string meta = File.ReadAllText(Path.Combine(path, BlockMeta.FileName));
                Assert.StartsWith(meta[..^2] + ",\n\t\"checksum\": ", Encoding.UTF8.GetString(block.Meta.ToJson()), StringComparison.Ordinal);
                Collect(block, found);
            }
        }

        Assert.True(TestBlock.Dump(series) == TestBlock.Dump(found), gen.ToString());
    }

    [Fact]
    public void Promtool_reads_every_sample_of_our_blocks()
    {
        Gen gen = Gen.Create(22);
        SortedDictionary<Labels, List<Sample>> series = Series(gen);
        BlockMeta? meta = TestBlock.Write(_files, _folder, TestBlock.Name, series, segmentBytes: 16 * 1024);

        string dumped = Promtool("tsdb", "dump", _folder);
        string listed = Promtool("tsdb", "list", _folder);
        string analyzed = Promtool("tsdb", "analyze", _folder);

        Assert.Equal(DumpOf(series), Sorted(dumped));
        Assert.Contains(TestBlock.Name.ToString(), listed, StringComparison.Ordinal);
        Assert.Contains($" {meta!.Stats.Samples} ", listed, StringComparison.Ordinal);
        Assert.Contains($"Series: {series.Count}", analyzed, StringComparison.Ordinal);
    }

    [Fact]
    public void Promtool_leaves_out_what_we_deleted()
    {
        Gen gen = Gen.Create(23);
        SortedDictionary<Labels, List<Sample>> series = Series(gen);
        TestBlock.Write(_files, _folder, TestBlock.Name, series);
        Assert.True(Block.TryOpen(
            _files, Path.Combine(_folder, TestBlock.Name.ToString()), new PageCache(1 << 20), out Block? block, out _));
        using (block)
        {
            long fromMs = TestBlock.StartMs + 600_000;
            long toMs = TestBlock.StartMs + 1_200_000;
            List<Matcher> matchers = [new Matcher(MatcherType.Equal, "__name__", "metric_0")];
            Assert.True(block.Delete(matchers, fromMs, toMs) > 0);
            foreach ((Labels labels, List<Sample> samples) in series)
            {
                if (labels.MetricName == "metric_0")
                {
                    samples.RemoveAll(sample => sample.TimestampMs >= fromMs && sample.TimestampMs <= toMs);
                }
            }

            Assert.Equal(TestBlock.Dump(series), TestBlock.Dump(block));
        }

        Assert.Equal(DumpOf(series), Sorted(Promtool("tsdb", "dump", _folder)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Names that the text formats can say, and values without NaN, whose bits no text keeps.</summary>
    private static SortedDictionary<Labels, List<Sample>> Series(Gen gen)
    {
        SortedDictionary<Labels, List<Sample>> series = [];
        for (int index = 0; index < 150; index++)
        {
            Labels labels = Labels.FromStrings(
                "__name__", "metric_" + gen.Int(4),
                "instance", gen.Text("abcdé\U0001F600\"\\", 4),
                "pod", "pod-" + gen.Int(1000).ToString(CultureInfo.InvariantCulture));
            List<Sample> samples = TestBlock.RandomSamples(gen, 1 + gen.Int(300));
            series[labels] = samples.ConvertAll(sample => double.IsNaN(sample.Value) ? sample with { Value = double.PositiveInfinity } : sample);
        }

        return series;
    }

    private static void Collect(Block block, SortedDictionary<Labels, List<Sample>> found)
    {
        SampleColumns columns = new();
        SelectedBlockSeries selected = block.Select([], long.MinValue, long.MaxValue);
        while (selected.MoveNext())
        {
            columns.Clear();
            selected.Decode(ref columns);
            found.TryAdd(selected.Labels, []);
            for (int index = 0; index < columns.Count; index++)
            {
                found[selected.Labels].Add(new Sample(columns.Timestamps[index], columns.Values[index]));
            }

            found[selected.Labels].Sort(static (left, right) => left.TimestampMs.CompareTo(right.TimestampMs));
        }
    }

    private static string OpenMetrics(SortedDictionary<Labels, List<Sample>> series)
    {
        StringBuilder text = new();
        foreach ((Labels labels, List<Sample> samples) in series)
        {
            string name = labels.MetricName + Quoted(labels, isText: true);
            foreach (Sample sample in samples)
            {
                text.Append(CultureInfo.InvariantCulture, $"{name} {Text(sample.Value)} {sample.TimestampMs / 1000}.{sample.TimestampMs % 1000:000}\n");
            }
        }

        return text.Append("# EOF\n").ToString();
    }

    private static string DumpOf(SortedDictionary<Labels, List<Sample>> series)
    {
        List<string> lines = [];
        foreach ((Labels labels, List<Sample> samples) in series)
        {
            string name = Quoted(labels);
            foreach (Sample sample in samples)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {sample.Value:R} {sample.TimestampMs}"));
            }
        }

        lines.Sort(string.CompareOrdinal);
        return string.Join('\n', lines);
    }

    /// <summary>The lines of a dump, values as .NET writes them.</summary>
    private static string Sorted(string dump)
    {
        List<string> lines = [];
        foreach (string line in dump.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line[(line.LastIndexOf('}') + 2)..].Split(' ');
            string number = parts[0] switch { "+Inf" => "Infinity", "-Inf" => "-Infinity", string other => other };
            double value = double.Parse(number, CultureInfo.InvariantCulture);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{line[..(line.LastIndexOf('}') + 1)]} {value:R} {parts[1]}"));
        }

        lines.Sort(string.CompareOrdinal);
        return string.Join('\n', lines);
    }

    /// <summary>As Go prints a label set, the name among the labels.</summary>
    private static string Quoted(Labels labels, bool isText = false)
    {
        List<string> parts = [];
        foreach (LabelPair label in labels)
        {
            string value = Encoding.UTF8.GetString(label.Value);
            if (isText && label.Name.SequenceEqual(LabelNames.MetricNameUtf8))
            {
                continue;
            }

            parts.Add($"{Encoding.UTF8.GetString(label.Name)}=\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        }

        return "{" + string.Join(isText ? "," : ", ", parts) + "}";
    }

    private static string Text(double value) =>
        double.IsInfinity(value) ? value > 0 ? "+Inf" : "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Promtool(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Oracle.Program("promtool"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"promtool {string.Join(' ', arguments)}: {output}{errors.Result}");
        return output;
    }
}
