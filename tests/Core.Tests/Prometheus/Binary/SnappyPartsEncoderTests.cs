using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;
using Reference = IronSnappy.Snappy;

namespace AmpEdge.Core.Tests.Prometheus.Binary;

public sealed class SnappyPartsEncoderTests
{
    [Fact]
    public void Whatever_the_parts_are_content_comes_back_from_both_decoders()
    {
        Gen gen = Gen.Create(21);
        SnappyPartsEncoder encoder = new();
        for (int round = 0; round < 2500; round++)
        {
            byte[] content = SomeContent(gen, gen.Pick(20, 300, 5_000));
            int[] parts = SomeParts(gen, content.Length);
            AssertComesBack(encoder, content, parts, $"{gen} round {round}");
        }
    }

    [Fact]
    public void Contents_longer_than_the_window_come_back()
    {
        Gen gen = Gen.Create(22);
        SnappyPartsEncoder encoder = new();
        foreach (int length in (int[])[0, 1, 15, 16, 17, 65_535, 65_536, 65_537, 200_000, 3_000_000])
        {
            byte[] random = gen.Bytes(length);
            AssertComesBack(encoder, random, [], $"{gen} {length} at random");
            AssertComesBack(encoder, random, SomeParts(gen, length), $"{gen} {length} at random in parts");

            // What comes again is farther away than an offset of two bytes reaches.
            byte[] far = new byte[length];
            for (int index = 0; index < length; index++)
            {
                far[index] = random[index % 66_000];
            }

            AssertComesBack(encoder, far, SomeParts(gen, length), $"{gen} {length} far apart");

            byte[] near = new byte[length];
            for (int index = 0; index < length; index++)
            {
                near[index] = (byte)("node_cpu_seconds_total"[index % 22] + index / 5000);
            }

            int encoded = AssertComesBack(encoder, near, SomeParts(gen, length), $"{gen} {length} near");
            Assert.True(encoded < 1000 + length / 10, $"{encoded} of {length}");
        }
    }

    [Fact]
    public void Series_come_back_and_are_smaller_than_without_parts()
    {
        Gen gen = Gen.Create(23);
        SnappyPartsEncoder encoder = new();
        ByteBuffer message = new();
        PartStarts parts = new();
        for (int round = 0; round < 60; round++)
        {
            message.Clear();
            parts.Clear();
            int series = gen.Pick(1, 2, 60, 900);
            for (int index = 0; index < series; index++)
            {
                AppendSeries(gen, index, message, parts);
            }

            int encoded = AssertComesBack(encoder, message.Written.ToArray(), parts.Starts.ToArray(), $"{gen} round {round}");
            if (series >= 60)
            {
                int plain = Snappy.Encode(message.Written, new byte[Snappy.MaxEncodedLength(message.Length)]);
                Assert.True(encoded < plain * 0.93, $"{gen} round {round}: {encoded} of {message.Length}, without parts {plain}");
            }
        }
    }

    [Fact]
    public void The_same_content_becomes_the_same_bytes_whatever_was_encoded_before()
    {
        Gen gen = Gen.Create(24);
        SnappyPartsEncoder used = new();
        for (int round = 0; round < 100; round++)
        {
            byte[] content = SomeContent(gen, 3_000);
            int[] parts = SomeParts(gen, content.Length);
            Assert.True(
                Encode(new SnappyPartsEncoder(), content, parts).AsSpan().SequenceEqual(Encode(used, content, parts)), $"{gen} round {round}");
        }
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        Gen gen = Gen.Create(25);
        SnappyPartsEncoder encoder = new();
        byte[] content = SomeContent(gen, 5_000);
        int[] parts = SomeParts(gen, content.Length);
        byte[] target = new byte[Snappy.MaxEncodedLength(content.Length)];
        encoder.Encode(content, parts, target);

        long before = GC.GetAllocatedBytesForCurrentThread();
        encoder.Encode(content, parts, target);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0, 5, 5)]
    [InlineData(0, 5, 4)]
    [InlineData(0, 10)]
    [InlineData(-1)]
    public void Parts_that_do_not_ascend_from_the_beginning_are_refused(params int[] parts) =>
        Assert.Throws<ArgumentException>(() => new SnappyPartsEncoder().Encode(new byte[10], parts, new byte[100]));

    [Fact]
    public void A_target_that_might_be_too_small_is_refused() =>
        Assert.Throws<ArgumentException>(() => new SnappyPartsEncoder().Encode(new byte[100], [], new byte[100]));

    private static void AppendSeries(Gen gen, int index, ByteBuffer message, PartStarts parts)
    {
        Labels labels = Labels.FromStrings(
            "__name__", string.Create(CultureInfo.InvariantCulture, $"http_service{index / 10}_requests_total"),
            "code", gen.Pick("200", "301", "404", "500"),
            "id", gen.Text("0123456789abcdef", 12) + "x",
            "instance", "ip-10-0-17-211.eu-west-1.compute.internal:9100",
            "job", "api",
            "method", gen.Pick("GET", "POST", "DELETE"),
            "path", string.Create(CultureInfo.InvariantCulture, $"/api/v1/item/{index % 10}"));
        int start = WriteRequestV1Writer.BeginTimeSeries(message);
        parts.Add(start);
        WriteRequestV1Writer.AppendLabels(message, labels.Blob, parts);
        parts.Add(message.Length);
        WriteRequestV1Writer.AppendSample(message, 1_795_344_146_821, gen.Pick(0d, 1d, index * 1000, gen.Int(1_000_000) / 7d));
        Assert.Equal(0, WriteRequestV1Writer.EndTimeSeries(message, start));
    }

    private static int AssertComesBack(SnappyPartsEncoder encoder, byte[] content, int[] parts, string what)
    {
        byte[] encoded = Encode(encoder, content, parts);
        Assert.True(Snappy.TryGetDecodedLength(encoded, out int length) && length == content.Length, what);
        byte[] decoded = new byte[length];
        Assert.True(Snappy.TryDecode(encoded, decoded, out int written) && written == length, what);
        Assert.True(content.AsSpan().SequenceEqual(decoded), what);
        Assert.True(content.AsSpan().SequenceEqual(Reference.Decode(encoded)), what);
        return encoded.Length;
    }

    /// <summary>Encodes into a target of exactly the promised size, so that a byte too many would be seen.</summary>
    private static byte[] Encode(SnappyPartsEncoder encoder, byte[] content, int[] parts)
    {
        const byte untouched = 0xA5;
        byte[] target = new byte[Snappy.MaxEncodedLength(content.Length) + 64];
        Array.Fill(target, untouched);
        int length = encoder.Encode(content, parts, target.AsSpan(0, target.Length - 64));
        Assert.False(target.AsSpan(target.Length - 64).ContainsAnyExcept(untouched), "written behind the target");
        return target[..length];
    }

    private static int[] SomeParts(Gen gen, int length)
    {
        List<int> parts = [];
        int longest = gen.Pick(1, 4, 40, 400);
        for (int start = 0; start < length; start += gen.Int(1, longest + 1))
        {
            parts.Add(start);
        }

        return [.. parts];
    }

    /// <summary>Pieces that come again in changing company, and bytes at random between them.</summary>
    private static byte[] SomeContent(Gen gen, int length)
    {
        byte[][] pieces = new byte[gen.Int(1, 12)][];
        for (int piece = 0; piece < pieces.Length; piece++)
        {
            pieces[piece] = gen.Bytes(gen.Int(1, gen.Pick(5, 40, 150)));
        }

        List<byte> content = [];
        int alphabet = gen.Pick(1, 3, 256);
        while (content.Count < length)
        {
            if (gen.OneIn(4))
            {
                for (int count = gen.Int(1, 20); count > 0; count--)
                {
                    content.Add((byte)gen.Int(alphabet));
                }
            }
            else
            {
                content.AddRange(gen.Pick(pieces));
            }
        }

        return [.. content];
    }
}
