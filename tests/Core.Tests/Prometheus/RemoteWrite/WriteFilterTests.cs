using System.Globalization;
using System.Linq;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.RemoteWrite;

public sealed class WriteFilterTests
{
    private static readonly string[] s_names = ["__name__", "job", "pod", "p2"];
    private static readonly RelabelConfig s_marks = new() { TargetLabel = "marked", Replacement = "yes" };

    public static TheoryData<string> Bodies() => RecordedPayload.Names("v*.json");

    [Theory]
    [MemberData(nameof(Bodies), DisableDiscoveryEnumeration = true)]
    public void A_recorded_body_that_no_rule_touches_says_the_same(string name)
    {
        using RecordedPayload payload = RecordedPayload.Read(name);
        WriteProtocol protocol = name.StartsWith("v1", StringComparison.Ordinal) ? WriteProtocol.V1 : WriteProtocol.V2;
        WriteFilter filter = Filter(new RelabelConfig { SourceLabels = ["__name__"], Regex = "no_such_metric", Action = RelabelAction.Drop });

        Assert.True(filter.TryApply(payload.Message, protocol, out WriteFilterCounts counts));
        AssertSame(payload.Message, filter.Output, protocol, static labels => labels);
        Assert.Equal((0, 0), (counts.Changed, counts.Dropped));
    }

    [Theory]
    [MemberData(nameof(Bodies), DisableDiscoveryEnumeration = true)]
    public void Of_a_recorded_body_only_labels_are_written_anew(string name)
    {
        using RecordedPayload payload = RecordedPayload.Read(name);
        WriteProtocol protocol = name.StartsWith("v1", StringComparison.Ordinal) ? WriteProtocol.V1 : WriteProtocol.V2;
        WriteFilter filter = Filter(s_marks);

        Assert.True(filter.TryApply(payload.Message, protocol, out WriteFilterCounts counts));
        AssertSame(payload.Message, filter.Output, protocol, static labels => Sorted(labels + (labels.Length > 0 ? "," : "") + "marked=yes"));
        Assert.Equal((0, 0), (counts.Kept, counts.Dropped));
    }

    [Theory]
    [InlineData(WriteProtocol.V1)]
    [InlineData(WriteProtocol.V2)]
    public void Series_are_left_out_renamed_and_kept_as_the_rules_say(WriteProtocol protocol)
    {
        byte[] message = Write(protocol, ["__name__=a,job=x", "__name__=b,job=x", "__name__=c,pod=p"]);
        WriteFilter filter = Filter(
            new RelabelConfig { SourceLabels = ["__name__"], Regex = "a", Action = RelabelAction.Drop },
            new RelabelConfig { Regex = "pod", Action = RelabelAction.LabelDrop });
        Assert.True(filter.TryApply(message, protocol, out WriteFilterCounts counts));

        Assert.Equal(["__name__=b,job=x", "__name__=c"], SeriesOf(filter.Output, protocol));
        Assert.Equal((1, 1, 1, 1), (counts.Kept, counts.Changed, counts.Dropped, counts.DroppedSamples));
        Assert.False(counts.IsEmpty);
    }

    [Theory]
    [InlineData(WriteProtocol.V1)]
    [InlineData(WriteProtocol.V2)]
    public void A_series_without_labels_is_none(WriteProtocol protocol)
    {
        WriteFilter filter = Filter(new RelabelConfig { Regex = ".*", Action = RelabelAction.LabelDrop });

        Assert.True(filter.TryApply(Write(protocol, ["__name__=a", "__name__=b"]), protocol, out WriteFilterCounts counts));
        Assert.True(counts.IsEmpty);
        Assert.Equal(2, counts.Dropped);
        Assert.Empty(SeriesOf(filter.Output, protocol));
    }

    [Theory]
    [InlineData(WriteProtocol.V1)]
    [InlineData(WriteProtocol.V2)]
    public void Any_series_come_out_as_the_relabeler_leaves_them(WriteProtocol protocol)
    {
        Gen gen = Gen.Create(74);
        RelabelConfig[] choices =
        [
            new() { SourceLabels = ["__name__"], Regex = "[ab]", Action = RelabelAction.Drop },
            new() { SourceLabels = ["job"], Regex = "|x", Action = RelabelAction.Keep },
            new() { Regex = "p.*", Action = RelabelAction.LabelDrop },
            new() { Regex = "(j)ob", Replacement = "$1", Action = RelabelAction.LabelMap },
            new() { SourceLabels = ["job", "pod"], TargetLabel = "__name__", Replacement = "$1-é" },
            s_marks,
        ];
        for (int round = 0; round < 300; round++)
        {
            RelabelConfig[] rules = [.. Enumerable.Range(0, 1 + gen.Int(3)).Select(_ => gen.Pick(choices))];
            List<string> sent = [];
            for (int series = gen.Int(6); series > 0; series--)
            {
                sent.Add(Sorted(string.Join(',', s_names
                    .Where(_ => gen.Bool()).Select(name => $"{name}={gen.Pick("a", "b", "x", "yy")}"))));
            }

            WriteFilter filter = Filter(rules);
            Assert.True(filter.TryApply(Write(protocol, sent), protocol, out WriteFilterCounts counts), gen.ToString());
            Assert.Equal(sent.Select(series => Relabelled(series, rules)).OfType<string>(), SeriesOf(filter.Output, protocol));
            Assert.Equal(sent.Count, counts.Kept + counts.Changed + counts.Dropped);
        }
    }

    [Theory]
    [InlineData(WriteProtocol.V1)]
    [InlineData(WriteProtocol.V2)]
    public void Broken_messages_are_refused_or_come_out_whole(WriteProtocol protocol)
    {
        Gen gen = Gen.Create(75);
        byte[] good = Write(protocol, ["__name__=a,job=x", "__name__=b,job=x"]);
        WriteFilter filter = Filter(s_marks);
        int refused = 0;
        for (int round = 0; round < 3000; round++)
        {
            if (filter.TryApply(gen.Mutate(good), protocol, out _))
            {
                byte[] output = filter.Output.ToArray();
                Assert.True(Filter(s_marks).TryApply(output, protocol, out _), gen.ToString());
            }
            else
            {
                refused++;
            }
        }

        Assert.InRange(refused, 100, 2900);
    }

    private static WriteFilter Filter(params RelabelConfig[] rules) => new(Compile(rules));

    private static List<RelabelRule> Compile(RelabelConfig[] rules)
    {
        List<RelabelRule> compiled = [];
        foreach (RelabelConfig config in rules)
        {
            Assert.True(RelabelRule.TryCompile(config, true, out RelabelRule? rule, out string? error), error);
            compiled.Add(rule);
        }

        return compiled;
    }

    private static byte[] Write(WriteProtocol protocol, List<string> series)
    {
        ByteBuffer message = new();
        WriteRequestV2Writer second = new();
        for (int index = 0; index < series.Count; index++)
        {
            ByteBuffer labels = new();
            second.BeginSeries();
            foreach (string label in series[index].Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                byte[] name = Encoding.UTF8.GetBytes(label.Split('=')[0]);
                byte[] value = Encoding.UTF8.GetBytes(label.Split('=')[1]);
                WriteRequestV1Writer.AppendLabel(labels, name, value);
                second.AddLabel(name, value);
            }

            ByteBuffer samples = new();
            WriteRequestV1Writer.AppendSample(samples, 1000 + index, index);
            WriteRequestV1Writer.AppendTimeSeries(message, labels.Written, samples.Written);
            second.AddSample(1000 + index, index);
            second.EndSeries();
        }

        if (protocol == WriteProtocol.V2)
        {
            message.Clear();
            second.CopyTo(message);
        }

        return message.Written.ToArray();
    }

    private static List<string> SeriesOf(ReadOnlySpan<byte> message, WriteProtocol protocol)
    {
        List<string> series = [];
        foreach (ReceivedSample sample in Read(message, protocol).Samples)
        {
            series.Add(sample.Series);
        }

        return series;
    }

    private static WriteRequestContent Read(ReadOnlySpan<byte> message, WriteProtocol protocol) =>
        protocol == WriteProtocol.V1 ? WriteRequestContent.ReadV1(message) : WriteRequestContent.ReadV2(message);

    private static void AssertSame(
        ReadOnlySpan<byte> sent, ReadOnlySpan<byte> left, WriteProtocol protocol, Func<string, string> labels)
    {
        WriteRequestContent before = Read(sent, protocol);
        WriteRequestContent after = Read(left, protocol);
        Assert.Equal(before.SeriesCount, after.SeriesCount);
        Assert.Equal(before.Samples.Select(sample => Text(sample, labels)), after.Samples.Select(static sample => Text(sample, static same => same)));
        Assert.Equal(
            before.HistogramTexts.Select(histogram => $"{labels(histogram.Series)} {histogram.Text}"),
            after.HistogramTexts.Select(static histogram => $"{histogram.Series} {histogram.Text}"));
        Assert.Equal(
            before.Exemplars.Select(sample => sample.Series[sample.Series.IndexOf('#', StringComparison.Ordinal)..]),
            after.Exemplars.Select(static sample => sample.Series[sample.Series.IndexOf('#', StringComparison.Ordinal)..]));
        Assert.Equal(before.Metadata, after.Metadata);
    }

    private static string Text(ReceivedSample sample, Func<string, string> labels) => string.Create(
        CultureInfo.InvariantCulture, $"{labels(sample.Series)} {sample.TimestampMs} {BitConverter.DoubleToInt64Bits(sample.Value):x}");

    private static string Sorted(string labels) => string.Join(
        ',', labels.Split(',', StringSplitOptions.RemoveEmptyEntries).OrderBy(static label => label.Split('=')[0], StringComparer.Ordinal));

    /// <summary>Null for a series that is dropped.</summary>
    private static string? Relabelled(string series, RelabelConfig[] rules)
    {
        LabelsBuilder labels = new();
        foreach (string label in series.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            labels.Set(label.Split('=')[0], label.Split('=')[1]);
        }

        if (!Relabeler.Process(labels, Compile(rules).ToArray()) || labels.Count == 0)
        {
            return null;
        }

        List<string> left = [];
        foreach (LabelPair label in labels.Build())
        {
            left.Add($"{Encoding.UTF8.GetString(label.Name)}={Encoding.UTF8.GetString(label.Value)}");
        }

        return string.Join(',', left);
    }
}
