using System.Buffers.Binary;
using System.Globalization;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;
using Reference = IronSnappy.Snappy;

namespace AmpEdge.Core.Tests.Prometheus.Binary;

public sealed class SnappyTemplateTests
{
    private const int TailLength = 7;
    private const int StampLength = 6;

    private readonly SnappyPartsEncoder _encoder = new();
    private readonly SnappyComposer _composer = new();

    [Fact]
    public void Records_come_back_with_other_values_and_stamps_from_both_decoders()
    {
        Gen gen = Gen.Create(41);
        for (int round = 0; round < 400; round++)
        {
            List<SomeRecords> all = [];
            for (int count = gen.Int(1, 4); count > 0; count--)
            {
                all.Add(new SomeRecords(gen, gen.Pick(1, 2, 20, 700), _encoder));
            }

            for (int time = 0; time < 3; time++)
            {
                AssertComesBack(gen, all, $"{gen} round {round} time {time}");
            }
        }
    }

    [Fact]
    public void Content_that_looks_like_values_and_stamps_is_never_taken_for_them()
    {
        // Labels made of the bytes that mark stamps, and of values as they are marked.
        Gen gen = Gen.Create(42);
        for (int round = 0; round < 300; round++)
        {
            SomeRecords records = new(gen, gen.Int(1, 60), _encoder, gen => gen.Pick(
                [0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD], [0xF8, 0xF9, 0xFA, 0xFB], [0x10, 0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD, 0x0A], [0, 0, 0, 0, 0, 0, 0, 0],
                gen.Bytes(8)));
            AssertComesBack(gen, [records], $"{gen} round {round}");
        }
    }

    [Fact]
    public void Series_take_no_more_bytes_than_when_they_are_searched_each_time()
    {
        Gen gen = Gen.Create(43);
        ByteBuffer message = new();
        PartStarts parts = new();
        List<int> ends = [];
        for (int index = 0; index < 600; index++)
        {
            int start = WriteRequestV1Writer.BeginTimeSeries(message);
            parts.Add(start);
            WriteRequestV1Writer.AppendLabels(message, SomeLabels(gen, index).Blob, parts);
            parts.Add(message.Length);
            WriteRequestV1Writer.AppendSample(message, 1_795_344_146_821, gen.Pick(1d, 2d, index * 1000, gen.Int(1_000_000) / 7d));
            Assert.Equal(0, WriteRequestV1Writer.EndTimeSeries(message, start));
            ends.Add(message.Length);
        }

        byte[] content = message.Written.ToArray();
        byte[] target = new byte[Snappy.MaxEncodedLength(content.Length)];
        int searched = _encoder.Encode(content, parts.Starts, target);
        SnappyTemplate template = Create([.. content], parts.Starts, ends);
        ulong[] values = ends.ConvertAll(end => BinaryPrimitives.ReadUInt64LittleEndian(content.AsSpan(end - 15))).ToArray();
        template.SetStamp(content.AsSpan(^StampLength..));
        byte[] composed = new byte[template.MaxEncodedLength(values.Length) + SnappyComposer.MaxHeadLength];
        _composer.Begin();
        int length = _composer.Append(template, values, composed.AsSpan(SnappyComposer.MaxHeadLength));
        ReadOnlySpan<byte> block = Block(composed, length);

        Assert.Equal(content, Reference.Decode(block));
        Assert.True(block.Length <= searched * 1.1, $"{block.Length} bytes, searched {searched}");
        Assert.True(template.SizeBytes < values.Length * 40, $"{template.SizeBytes} bytes for {values.Length} series");
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        Gen gen = Gen.Create(44);
        SomeRecords records = new(gen, 300, _encoder);
        byte[] target = new byte[records.Template.MaxEncodedLength(300) + 5];
        ulong[] values = new ulong[300];
        Compose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Compose();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Compose()
        {
            records.Template.SetStamp([1, 2, 3, 4, 5, 6]);
            _composer.Begin();
            _composer.Append(records.Template, values, target);
        }
    }

    [Fact]
    public void Records_longer_than_a_fragment_can_be_make_no_template()
    {
        byte[] content = new byte[70_000];
        Assert.Null(SnappyTemplate.Create(content, [0], [70_000], TailLength, StampLength, _encoder));
    }

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(6, 1000)]
    [InlineData(5, 10)]
    public void More_values_than_records_none_and_too_small_a_target_are_refused(int values, int length)
    {
        SomeRecords records = new(Gen.Create(45), 5, _encoder);
        Assert.Throws<ArgumentException>(() => _composer.Append(records.Template, new ulong[values], new byte[length]));
    }

    private static SnappyTemplate Create(byte[] content, ReadOnlySpan<int> parts, List<int> ends) =>
        SnappyTemplate.Create(content, parts, ends.ToArray(), TailLength, StampLength, new SnappyPartsEncoder())
        ?? throw new InvalidOperationException("no template");

    private static Labels SomeLabels(Gen gen, int index) => Labels.FromStrings(
        "__name__", string.Create(CultureInfo.InvariantCulture, $"http_service{index / 10}_requests_total"),
        "code", gen.Pick("200", "301", "404", "500"),
        "id", gen.Text("0123456789abcdef", 12) + "x",
        "instance", "ip-10-0-17-211.eu-west-1.compute.internal:9100",
        "job", "api",
        "path", string.Create(CultureInfo.InvariantCulture, $"/api/v1/item/{index % 10}"));

    /// <summary>A block of some or all records of each template and of other content between them.</summary>
    private void AssertComesBack(Gen gen, List<SomeRecords> all, string what)
    {
        List<byte> expected = [];
        List<(SomeRecords? Records, ulong[] Values, byte[] Content)> order = [];
        foreach (SomeRecords records in all)
        {
            byte[] stamp = gen.Bytes(StampLength);
            ulong[] values = SomeValues(gen, gen.OneIn(3) ? gen.Int(1, records.Count + 1) : records.Count);
            records.Template.SetStamp(stamp);
            expected.AddRange(records.Content(values, stamp));
            Assert.Equal(records.Content(values, stamp).Length, records.Template.ContentLength(values.Length));
            order.Add((records, values, []));
            if (gen.OneIn(2))
            {
                byte[] other = gen.Bytes(gen.Int(1, 300));
                expected.AddRange(other);
                order.Add((null, [], other));
            }
        }

        byte[] target = new byte[expected.Count * 2 + 100_000];
        _composer.Begin();
        int written = 0;
        foreach ((SomeRecords? records, ulong[] values, byte[] content) in order)
        {
            written += records is null
                ? _composer.Append(content, [0], _encoder, target.AsSpan(SnappyComposer.MaxHeadLength + written))
                : AppendExactly(records.Template, values, target.AsSpan(SnappyComposer.MaxHeadLength + written), what);
        }

        ReadOnlySpan<byte> block = Block(target, written);
        byte[] decoded = new byte[expected.Count];
        Assert.True(Snappy.TryDecode(block, decoded, out int length) && length == decoded.Length, what);
        Assert.True(expected.ToArray().AsSpan().SequenceEqual(decoded), what);
        Assert.True(expected.ToArray().AsSpan().SequenceEqual(Reference.Decode(block)), what);
    }

    private ReadOnlySpan<byte> Block(byte[] target, int elements)
    {
        int head = _composer.WriteHead(target.AsSpan(0, SnappyComposer.MaxHeadLength));
        return target.AsSpan((SnappyComposer.MaxHeadLength - head)..(SnappyComposer.MaxHeadLength + elements));
    }

    /// <summary>Nothing is written behind the room that the template asks for.</summary>
    private int AppendExactly(SnappyTemplate template, ulong[] values, Span<byte> target, string what)
    {
        const byte Untouched = 0xA5;
        int room = template.MaxEncodedLength(values.Length);
        target.Slice(room, 64).Fill(Untouched);
        int written = _composer.Append(template, values, target[..room]);
        Assert.False(target.Slice(room, 64).ContainsAnyExcept(Untouched), $"written behind the target, {what}");
        return written;
    }

    private static ulong[] SomeValues(Gen gen, int count)
    {
        ulong[] values = new ulong[count];
        for (int index = 0; index < count; index++)
        {
            values[index] = gen.Int(8) switch
            {
                0 => 0,
                1 => BitConverter.DoubleToUInt64Bits(gen.Int(100)),
                2 when index > 0 => values[index - 1],
                3 when index > 0 => values[index - 1] ^ (0xFFUL << (8 * gen.Int(8))),
                4 when index > 0 => values[gen.Int(index)],
                5 => BitConverter.DoubleToUInt64Bits(gen.Int(1_000_000)),
                6 => ulong.MaxValue,
                _ => (ulong)gen.Long(),
            };
        }

        return values;
    }

    /// <summary>Records with parts drawn from few, so that much comes again.</summary>
    private sealed class SomeRecords
    {
        private readonly List<byte[]> _stays = [];

        public SomeRecords(Gen gen, int count, SnappyPartsEncoder encoder, Func<Gen, byte[]>? piece = null)
        {
            byte[][] pieces = new byte[gen.Int(1, 10)][];
            for (int index = 0; index < pieces.Length; index++)
            {
                pieces[index] = piece?.Invoke(gen) ?? gen.Bytes(gen.Int(1, gen.Pick(5, 40, 150)));
            }

            List<byte> content = [];
            List<int> parts = [];
            List<int> ends = [];
            for (int record = 0; record < count; record++)
            {
                List<byte> stays = [];
                for (int number = gen.Int(0, 6); number > 0; number--)
                {
                    parts.Add(content.Count + stays.Count);
                    stays.AddRange(gen.Pick(pieces));
                }

                parts.Add(content.Count + stays.Count);
                stays.Add(0x09);
                _stays.Add([.. stays]);
                content.AddRange(_stays[^1]);
                content.AddRange(new byte[SnappyTemplate.ValueLength]);
                content.AddRange([0x10, 0, 0, 0, 0, 0, 0]);
                ends.Add(content.Count);
            }

            Template = SnappyTemplate.Create([.. content], parts.ToArray(), ends.ToArray(), TailLength, StampLength, encoder)
                ?? throw new InvalidOperationException($"no template, {gen}");
        }

        public SnappyTemplate Template { get; }

        public int Count => _stays.Count;

        public byte[] Content(ulong[] values, byte[] stamp)
        {
            List<byte> content = [];
            for (int record = 0; record < values.Length; record++)
            {
                content.AddRange(_stays[record]);
                content.AddRange(BitConverter.GetBytes(values[record]));
                content.Add(0x10);
                content.AddRange(stamp);
            }

            return [.. content];
        }
    }
}
