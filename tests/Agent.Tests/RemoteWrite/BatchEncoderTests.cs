using System.Globalization;
using AmpEdge.Agent.Budget;
using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

public sealed class BatchEncoderTests
{
    private const long StartMs = 1_795_344_146_821;

    private readonly ManualTime _time = new();
    private readonly SeriesTable _table = new();
    private readonly MemoryBudget _memory = new();
    private readonly List<EntryPlace> _entries = [];
    private int _records;

    [Fact]
    public void Scrapes_of_the_same_targets_arrive_as_without_runs_whatever_changes_between_them()
    {
        Gen gen = Gen.Create(71);
        for (int round = 0; round < 25; round++)
        {
            BatchEncoder encoder = Encoder();
            List<SeriesRef[]> targets = [];
            for (int count = gen.Int(1, 5); count > 0; count--)
            {
                targets.Add(Target(gen, gen.Pick(3, 64, 65, 200, 700)));
            }

            for (int scrape = 0; scrape < 8; scrape++)
            {
                _entries.Clear();
                foreach (SeriesRef[] target in targets)
                {
                    AddScrape(gen, target, StartMs + scrape * 15_000L);
                }

                AssertArrives(encoder, $"{gen} round {round} scrape {scrape}");
                Change(gen, targets);
            }
        }
    }

    [Fact]
    public void A_number_that_was_given_to_another_series_is_not_sent_with_the_old_labels()
    {
        Gen gen = Gen.Create(72);
        BatchEncoder encoder = Encoder();
        SeriesRef[] target = Target(gen, 200);
        AddScrape(gen, target, StartMs);
        AssertArrives(encoder, "before");
        for (int again = 0; again < 3; again++)
        {
            int index = gen.Int(200);
            SeriesRef old = target[index];
            _table.Release(old);
            target[index] = _table.Acquire(LabelsOf(gen));
            Assert.Equal(old, target[index]);
            _entries.Clear();
            AddScrape(gen, target, StartMs + 1000);
            AssertArrives(encoder, $"after {again}, {gen}");
        }
    }

    [Fact]
    public void What_is_sent_again_is_kept_what_is_not_is_forgotten_and_nothing_is_kept_while_memory_is_tight()
    {
        Gen gen = Gen.Create(73);
        BatchEncoder encoder = Encoder();
        AddScrape(gen, Target(gen, 300), StartMs);
        encoder.Encode(_entries.ToArray(), WriteProtocol.V1);
        long kept = encoder.KeptBytes;
        Assert.InRange(kept, 300, 300 * 100);

        for (int turn = 0; turn < 5; turn++)
        {
            _time.Advance(TimeSpan.FromMinutes(11));
            encoder.Encode(_entries.ToArray(), WriteProtocol.V1);
            Assert.Equal(kept, encoder.KeptBytes);
        }

        _entries.Clear();
        AddScrape(gen, Target(gen, 10), StartMs);
        for (int turn = 0; turn < 2; turn++)
        {
            _time.Advance(TimeSpan.FromMinutes(11));
            encoder.Encode(_entries.ToArray(), WriteProtocol.V1);
        }

        Assert.Equal(0, encoder.KeptBytes);

        AddScrape(gen, Target(gen, 300), StartMs);
        AssertArrives(encoder, "there is room");
        Assert.True(encoder.KeptBytes > 0);
        _memory.Level = MemoryLevel.Tight;
        AssertArrives(encoder, "memory is tight");
        Assert.Equal(0, encoder.KeptBytes);
    }

    [Fact]
    public void A_full_batch_ends_where_a_run_ends_so_that_the_next_one_begins_where_one_began_before()
    {
        Gen gen = Gen.Create(74);
        BatchEncoder encoder = Encoder();
        SeriesRef[] target = Target(gen, 2_500);
        AddScrape(gen, target, StartMs);
        ReadOnlySpan<EntryPlace> entries = _entries.ToArray();
        int first = encoder.Encode(entries[..2_000], WriteProtocol.V1);
        Assert.InRange(first, 1_300, 1_999);
        int second = encoder.Encode(entries[first..], WriteProtocol.V1);
        Assert.Equal(2_500, first + second);
        long kept = encoder.KeptBytes;

        for (int again = 0; again < 5; again++)
        {
            Assert.Equal(first, encoder.Encode(entries[..2_000], WriteProtocol.V1));
            Assert.Equal(second, encoder.Encode(entries[first..], WriteProtocol.V1));
        }

        Assert.Equal(kept, encoder.KeptBytes);
    }

    [Fact]
    public void Series_that_were_sent_before_allocate_nothing()
    {
        Gen gen = Gen.Create(75);
        BatchEncoder encoder = Encoder();
        AddScrape(gen, Target(gen, 1_000), StartMs);
        EntryPlace[] entries = [.. _entries];
        encoder.Encode(entries, WriteProtocol.V1);
        encoder.Encode(entries, WriteProtocol.V1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        encoder.Encode(entries, WriteProtocol.V1);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private BatchEncoder Encoder() => new(
        new DestinationOptions
        {
            Name = "test",
            Url = new Uri("http://127.0.0.1/write"),
            ExternalLabels = Labels.FromStrings("cluster", "a", "region", "eu"),
            Queue = new QueueConfig { MaxSamplesPerSend = 2_000 },
        },
        _table, new MetadataIndex(static () => [], _time), _time, _memory);

    private SeriesRef[] Target(Gen gen, int count)
    {
        SeriesRef[] series = new SeriesRef[count];
        for (int index = 0; index < count; index++)
        {
            series[index] = _table.Acquire(LabelsOf(gen));
        }

        return series;
    }

    private static Labels LabelsOf(Gen gen) => Labels.FromStrings(
        "__name__", gen.Pick("a_total", "http_requests_total", "node_cpu_seconds_total"),
        "id", gen.Long().ToString("x", CultureInfo.InvariantCulture),
        "instance", "host.example:9100",
        gen.Pick("le", "region", "quantile"), gen.Pick("", "0.5", "+Inf", gen.Text("äbc", 20)));

    private void AddScrape(Gen gen, SeriesRef[] series, long timestampMs)
    {
        ShardQueue queue = new(series.Length * 3, _table);
        SamplePosition record = new(0, ++_records * 1000L, 0);
        for (int index = 0; index < series.Length; index++)
        {
            queue.Add(Entry(gen, series[index], timestampMs, record), default);
        }

        queue.Publish();
        EntryPlace[] places = new EntryPlace[series.Length];
        Assert.Equal(series.Length, queue.PeekFirst(places));
        _entries.AddRange(places);
    }

    /// <summary>The third of the series is as if rules had made its labels.</summary>
    private static QueuedEntry Entry(Gen gen, SeriesRef series, long timestampMs, SamplePosition record) => new(
        SampleKind.Sample, series, labelsAreFinal: series.Value % 3 == 0, 100, gen.OneIn(500) ? timestampMs + 1 : timestampMs,
        gen.Pick(0d, -0d, 1d, double.NaN, double.PositiveInfinity, gen.Int(100_000), gen.Int(1_000_000) / 7d, StaleMarker.Value),
        record, 0);

    /// <summary>Series come, go, change places; a target is scraped twice, or not at all.</summary>
    private void Change(Gen gen, List<SeriesRef[]> targets)
    {
        int which = gen.Int(targets.Count);
        SeriesRef[] target = targets[which];
        switch (gen.Int(7))
        {
            case 0:
                targets[which] = [.. target, .. Target(gen, gen.Int(1, 70))];
                break;
            case 1 when target.Length > 10:
                targets[which] = [.. target[..^7], .. target[^3..]];
                break;
            case 2 when target.Length > 2:
                (target[0], target[1]) = (target[1], target[0]);
                break;
            case 3:
                targets.Add(target);
                break;
            case 4 when targets.Count > 1:
                targets.RemoveAt(which);
                break;
            case 5:
                int index = gen.Int(target.Length);
                _table.Acquire(LabelsOf(gen));
                target[index] = _table.Acquire(LabelsOf(gen));
                break;
            default:
                break;
        }
    }

    /// <summary>All entries, in as many requests as it takes, say the same as when each is encoded as a part; series in their order.</summary>
    private void AssertArrives(BatchEncoder encoder, string what)
    {
        ReadOnlySpan<EntryPlace> rest = _entries.ToArray();
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<EntryPlace> batch = rest[..Math.Min(rest.Length, 2_000)];
            int encoded = encoder.Encode(batch, WriteProtocol.V1);
            Assert.InRange(encoded, Math.Min(batch.Length, 64), batch.Length);
            Assert.Equal(encoded, encoder.Counts.Total);
            List<ReceivedSample> actual = Content(encoder);
            Assert.Equal(encoded, encoder.Encode(batch[..encoded], WriteProtocol.V1, isPart: true));
            AssertSame(Content(encoder), actual, what);
            rest = rest[encoded..];
        }
    }

    private static List<ReceivedSample> Content(BatchEncoder encoder)
    {
        Assert.True(Snappy.TryGetDecodedLength(encoder.Body.Span, out int length));
        byte[] message = new byte[length];
        Assert.True(Snappy.TryDecode(encoder.Body.Span, message, out int written) && written == length);
        return WriteRequestContent.ReadV1(message).Samples;
    }

    private static void AssertSame(List<ReceivedSample> expected, List<ReceivedSample> actual, string what)
    {
        Assert.True(expected.Count == actual.Count, $"{actual.Count} of {expected.Count} samples, {what}");
        Dictionary<string, List<(long, long)>> series = BySeries(expected);
        foreach ((string labels, List<(long, long)> samples) in BySeries(actual))
        {
            Assert.True(series.TryGetValue(labels, out List<(long, long)>? there), $"{labels} was not sent, {what}");
            Assert.Equal(there, samples);
        }
    }

    private static Dictionary<string, List<(long TimestampMs, long Bits)>> BySeries(List<ReceivedSample> samples)
    {
        Dictionary<string, List<(long, long)>> series = [];
        foreach (ReceivedSample sample in samples)
        {
            if (!series.TryGetValue(sample.Series, out List<(long, long)>? own))
            {
                series[sample.Series] = own = [];
            }

            own.Add((sample.TimestampMs, BitConverter.DoubleToInt64Bits(sample.Value)));
        }

        return series;
    }
}
