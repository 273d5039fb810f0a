using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;
using Reference = IronSnappy.Snappy;

namespace AmpEdge.Core.Tests.Prometheus.Binary;

public sealed class SnappyTests
{
    [Fact]
    public void Both_codecs_read_what_the_other_wrote()
    {
        Gen gen = Gen.Create(2);
        for (int round = 0; round < 1500; round++)
        {
            byte[] content = SomeContent(gen);
            byte[] encoded = Encode(content);

            Assert.Equal(content, Decode(encoded));
            Assert.True(content.AsSpan().SequenceEqual(Reference.Decode(encoded)), $"{gen} round {round}");
            Assert.True(content.AsSpan().SequenceEqual(Decode(Reference.Encode(content))), $"{gen} round {round}");
        }
    }

    [Fact]
    public void Contents_over_several_blocks_come_back()
    {
        Gen gen = Gen.Create(3);
        foreach (int length in (int[])[0, 1, 15, 16, 17, 65_535, 65_536, 65_537, 200_000])
        {
            byte[] random = gen.Bytes(length);
            byte[] repeated = new byte[length];
            for (int index = 0; index < length; index++)
            {
                repeated[index] = (byte)("node_cpu_seconds_total"[index % 22] + index / 5000);
            }

            Assert.Equal(random, Decode(Encode(random)));
            Assert.Equal(repeated, Decode(Encode(repeated)));
            Assert.True(Encode(repeated).Length < 1000 + length / 10);
        }
    }

    [Fact]
    public void Corrupted_bodies_get_the_verdict_of_the_reference()
    {
        Gen gen = Gen.Create(4);
        int refused = 0;
        for (int round = 0; round < 4000; round++)
        {
            byte[] corrupted = gen.Mutate(Encode(SomeContent(gen, 400)), 3);
            byte[]? expected = ReferenceDecode(corrupted);
            byte[]? actual = TryDecode(corrupted, maxLength: 1 << 20);
            refused += actual is null ? 1 : 0;

            // The reference takes a body whose elements stop short of the claimed length; its rest is then zeros.
            if (actual is not null)
            {
                Assert.True(expected is not null && expected.AsSpan().SequenceEqual(actual), $"{gen} round {round}");
            }
        }

        Assert.InRange(refused, 1000, 4000);
    }

    [Fact]
    public void A_body_cut_at_any_byte_is_refused()
    {
        byte[] encoded = Encode([.. "abcabcabcabcabcabcabcabcabc 0123456789 abcabcabc, and some more that is not repeated"u8]);
        for (int cut = 0; cut < encoded.Length; cut++)
        {
            Assert.Null(TryDecode(encoded[..cut], 1 << 20));
        }

        Assert.Null(TryDecode([.. encoded, 0], 1 << 20));
    }

    [Theory]
    [InlineData("FFFFFFFF0F00", false)] // four gigabytes out of one byte
    [InlineData("FFFFFFFFFF01", false)] // over 32 bits
    [InlineData("80808001FE0100", false)] // two megabytes out of one copy
    [InlineData("40FE0100", true)] // 64 bytes out of one copy may be: the rest is for the decoder to say
    [InlineData("", false)]
    public void A_claim_that_the_body_cannot_hold_is_refused_before_anything_is_allocated(string hex, bool plausible) =>
        Assert.Equal(plausible, Snappy.TryGetDecodedLength(Convert.FromHexString(hex), out _));

    [Theory]
    [InlineData("0401610100")] // offset 0
    [InlineData("0500610105")] // offset before the beginning
    [InlineData("0300610101")] // longer than claimed
    [InlineData("0AFC00000000")] // a literal whose length is cut off
    [InlineData("0AFCFFFFFFFF6161")] // a literal of four gigabytes
    public void Offsets_and_lengths_outside_the_output_are_refused(string hex) =>
        Assert.Null(TryDecode(Convert.FromHexString(hex), 1 << 10));

    [Fact]
    public void A_target_that_is_too_small_is_left_alone()
    {
        byte[] encoded = Encode(new byte[100]);

        Assert.False(Snappy.TryDecode(encoded, new byte[99], out int written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void Recorded_bodies_decode_as_the_reference_does()
    {
        foreach (string path in Directory.GetFiles(Oracle.Locate("conformance/remote_write/payloads"), "*.snappy"))
        {
            byte[] encoded = File.ReadAllBytes(path);
            Assert.Equal(Reference.Decode(encoded), Decode(encoded));
        }
    }

    private static byte[] SomeContent(Gen gen, int maxLength = 5000)
    {
        byte[] content = new byte[gen.Int(maxLength)];
        int alphabet = gen.Pick(2, 4, 16, 256);
        for (int index = 0; index < content.Length;)
        {
            int run = Math.Min(content.Length - index, gen.Int(1, 40));
            int from = index - gen.Int(1, 300);
            bool repeat = from >= 0 && gen.Bool();
            for (int offset = 0; offset < run; offset++)
            {
                content[index + offset] = repeat ? content[from + offset] : (byte)gen.Int(alphabet);
            }

            index += run;
        }

        return content;
    }

    private static byte[] Encode(ReadOnlySpan<byte> content)
    {
        byte[] target = new byte[Snappy.MaxEncodedLength(content.Length)];
        return target[..Snappy.Encode(content, target)];
    }

    private static byte[] Decode(byte[] encoded) =>
        TryDecode(encoded, int.MaxValue) ?? throw new InvalidDataException("not decoded");

    private static byte[]? TryDecode(byte[] encoded, int maxLength)
    {
        if (!Snappy.TryGetDecodedLength(encoded, out int length) || length > maxLength)
        {
            return null;
        }

        byte[] target = new byte[length];
        return Snappy.TryDecode(encoded, target, out int written) ? target[..written] : null;
    }

    private static byte[]? ReferenceDecode(byte[] encoded)
    {
        try
        {
            return Reference.Decode(encoded);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
