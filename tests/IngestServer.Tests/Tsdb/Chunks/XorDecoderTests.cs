using System.Diagnostics;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Chunks;

public sealed class XorDecoderTests
{
    /// <summary>
    /// Count 3; time 1000 as zigzag varint; 1.0; step 15000 as uvarint; bits: same value 0, same step 0, new window 11,
    /// one leading zero 00001, eleven significant bits 001011, eleven ones (1.0 xor 2.0).
    /// </summary>
    private const string Golden = "0003" + "d00f" + "3ff0000000000000" + "9875" + "3097ffc0";

    [Fact]
    public void A_chunk_has_the_bytes_of_the_format()
    {
        Assert.Equal(Golden, Convert.ToHexStringLower(Encode([(1000, 1.0), (16000, 1.0), (31000, 2.0)])));
    }

    [Fact]
    public void Whatever_is_written_is_read_back_bit_by_bit()
    {
        Gen gen = Gen.Create(71);
        for (int round = 0; round < 500; round++)
        {
            List<(long, double)> samples = RandomSamples(gen);
            Assert.True(samples.SequenceEqualBits(Decode(Encode(samples))), gen.ToString());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8191)]
    [InlineData(8192)]
    [InlineData(8193)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(65537)]
    [InlineData(524287)]
    [InlineData(524288)]
    [InlineData(524289)]
    [InlineData(1L << 40)]
    public void Changes_of_step_at_the_edges_of_each_bucket_are_read_back(long change)
    {
        // A change of -c needs a step of at least c + 1 before it.
        long step = change + 10;
        List<(long, double)> samples =
            [(-5, 0), (-5 + step, 1), (-5 + step + 10, 1), (-5 + (2 * step) + 10 + change, -0.0), (1L << 60, double.NaN)];

        Assert.True(samples.SequenceEqualBits(Decode(Encode(samples))));
    }

    [Fact]
    public void A_chunk_cut_at_any_byte_ends_early_and_says_so()
    {
        Gen gen = Gen.Create(72);
        byte[] chunk = Encode(RandomSamples(gen));
        for (int length = 0; length < chunk.Length; length++)
        {
            XorDecoder decoder = new(chunk.AsSpan(0, length));
            while (decoder.MoveNext())
            {
            }

            Assert.True(decoder.Corrupt, $"cut at {length} of {chunk.Length}, {gen}");
        }
    }

    [Fact]
    public void Columns_hold_what_is_read_one_by_one_of_whole_and_of_damaged_chunks()
    {
        Gen gen = Gen.Create(74);
        for (int round = 0; round < 5000; round++)
        {
            byte[] chunk = Encode(RandomSamples(gen));
            chunk = gen.OneIn(2) ? chunk : gen.Mutate(chunk);
            List<(long, double)> expected = [];
            XorDecoder oneByOne = new(chunk);
            while (oneByOne.MoveNext())
            {
                expected.Add((oneByOne.TimestampMs, oneByOne.Value));
            }

            XorDecoder all = new(chunk);
            long[] timestamps = new long[all.Samples];
            double[] values = new double[all.Samples];
            int count = all.ReadAll(timestamps, values);
            List<(long, double)> read = [];
            for (int index = 0; index < count; index++)
            {
                read.Add((timestamps[index], values[index]));
            }

            Assert.True(expected.SequenceEqualBits(read), $"{gen}, round {round}: {count} of {expected.Count}");
            Assert.Equal(oneByOne.Corrupt, all.Corrupt);
        }
    }

    [Fact]
    public void Damaged_chunks_never_do_worse_than_end()
    {
        Gen gen = Gen.Create(73);
        for (int round = 0; round < 5000; round++)
        {
            byte[] damaged = gen.Mutate(Encode(RandomSamples(gen, 20)));
            int read = 0;
            XorDecoder decoder = new(damaged);
            while (decoder.MoveNext())
            {
                read++;
            }

            Assert.True(read <= ushort.MaxValue, gen.ToString());
        }
    }

    [Fact]
    public void Chunks_written_by_prometheus_are_encoded_to_the_same_bytes()
    {
        string promtool = Oracle.Program("promtool");
        string folder = Directory.CreateTempSubdirectory("ampedge-chunks-").FullName;
        try
        {
            Gen gen = Gen.Create(74);
            File.WriteAllText(Path.Combine(folder, "in.om"), OpenMetrics(gen));
            using Process process = Process.Start(new ProcessStartInfo(
                promtool, ["tsdb", "create-blocks-from", "openmetrics", Path.Combine(folder, "in.om"), folder])
            {
                RedirectStandardOutput = true,
            })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            int chunks = 0;
            foreach (string file in Directory.EnumerateFiles(folder, "000001", SearchOption.AllDirectories))
            {
                chunks += CheckSegment(File.ReadAllBytes(file));
            }

            Assert.True(chunks >= 8, $"{chunks} chunks, {gen}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A chunk segment: eight bytes, then per chunk its length, its encoding, the bytes and a checksum.</summary>
    private static int CheckSegment(byte[] segment)
    {
        int chunks = 0;
        SpanReader reader = new(segment);
        reader.Skip(8);
        while (!reader.AtEnd)
        {
            int length = reader.ReadUvarintInt32();
            byte encoding = reader.ReadByte();
            byte[] chunk = reader.ReadBytes(length).ToArray();
            reader.Skip(4);
            Assert.False(reader.Truncated);
            Assert.Equal(1, encoding);
            Assert.Equal(Convert.ToHexStringLower(chunk), Convert.ToHexStringLower(Encode(Decode(chunk))));
            chunks++;
        }

        return chunks;
    }

    private static string OpenMetrics(Gen gen)
    {
        List<string> lines = [];
        for (int series = 0; series < 8; series++)
        {
            long second = 1_700_000_000;
            double value = 0;
            for (int index = 0; index < 100; index++)
            {
                second += gen.OneIn(5) ? 1 + gen.Int(40) : 15;
                value = series switch
                {
                    0 => 1,
                    1 => value + gen.Int(100),
                    2 => gen.Double(),
                    3 => gen.AnyDouble(),
                    4 => value + (gen.Int(100) / 100.0),
                    5 => gen.OneIn(2) ? value : -value + 1,
                    6 => 1e300 * gen.Double(),
                    _ => gen.Pick(0.0, 1.0, double.PositiveInfinity, double.NegativeInfinity, double.NaN),
                };
                value = double.IsNaN(value) && series != 7 ? 0 : value;
                string text = double.IsNaN(value) ? "NaN"
                    : double.IsInfinity(value) ? (value > 0 ? "+Inf" : "-Inf")
                    : value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
                lines.Add($"m{series}{{a=\"b\"}} {text} {second}");
            }
        }

        lines.Add("# EOF\n");
        return string.Join('\n', lines);
    }

    private static List<(long TimestampMs, double Value)> RandomSamples(Gen gen, int max = 120)
    {
        List<(long, double)> samples = [];
        long timestampMs = gen.Int(3) switch { 0 => gen.Int(100), 1 => -(long)gen.Int(1 << 30), _ => 1_700_000_000_000 };
        double value = gen.AnyDouble();
        int kind = gen.Int(5);
        int count = 1 + gen.Int(max);
        for (int index = 0; index < count; index++)
        {
            samples.Add((timestampMs, value));
            timestampMs += gen.Int(4) switch
            {
                0 => 15_000,
                1 => 1 + gen.Int(30_000),
                2 => 1 + (gen.Long() & 0xF_FFFF),
                _ => gen.OneIn(20) ? 1 + (gen.Long() & 0xFF_FFFF_FFFF) : 15_000,
            };
            value = kind switch
            {
                0 => value,
                1 => index * 3,
                2 => gen.AnyDouble(),
                3 => gen.Double(),
                _ => gen.OneIn(3) ? StaleMarker.Value : 1.5,
            };
        }

        return samples;
    }

    internal static byte[] Encode(IReadOnlyList<(long TimestampMs, double Value)> samples)
    {
        // One byte of slack is the least that an open chunk ever has; none of it may be needed.
        byte[] block = new byte[32 + (samples.Count * XorState.MaxSampleBytes)];
        XorState state = default;
        state.Start(block, samples[0].TimestampMs, samples[0].Value);
        for (int index = 1; index < samples.Count; index++)
        {
            Span<byte> exact = block.AsSpan(0, state.ByteLength + XorState.MaxSampleBytes);
            state.Append(exact, samples[index].TimestampMs, samples[index].Value);
        }

        block[0] = (byte)(state.Samples >> 8);
        block[1] = (byte)state.Samples;
        return block[..state.ByteLength];
    }

    private static List<(long TimestampMs, double Value)> Decode(byte[] chunk)
    {
        List<(long, double)> samples = [];
        XorDecoder decoder = new(chunk);
        while (decoder.MoveNext())
        {
            samples.Add((decoder.TimestampMs, decoder.Value));
        }

        Assert.False(decoder.Corrupt);
        return samples;
    }
}
