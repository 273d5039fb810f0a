using System.Numerics;
using AmpEdge.Prometheus;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Tests.Tsdb.Chunks;

/// <summary>Writes XOR2 chunks, from the format's description and with no part of the decoder.</summary>
internal static class Xor2Chunk
{
    /// <summary>Encodes samples and their counters' start times; 0 for one that is not known.</summary>
    public static byte[] Encode(IReadOnlyList<(long TimeMs, double Value, long StartMs)> samples)
    {
        List<bool> bits = [];
        int startsFrom = 0;
        long startDifference = 0;
        ulong baseline = 0;
        (int Leading, int Trailing)? window = null;
        for (int index = 0; index < samples.Count; index++)
        {
            (long timeMs, double value, long startMs) = samples[index];
            ulong valueBits = BitConverter.DoubleToUInt64Bits(value);
            long step = index == 0 ? 0 : timeMs - samples[index - 1].TimeMs;
            if (index == 0)
            {
                AddUvarint(bits, Uvarint.ZigZag(timeMs));
                Add(bits, valueBits, 64);
                if (startMs != 0)
                {
                    AddUvarint(bits, Uvarint.ZigZag(timeMs - startMs));
                }
            }
            else if (index == 1)
            {
                AddUvarint(bits, (ulong)step);
                AddValue(bits, valueBits, baseline, ref window);
            }
            else
            {
                long change = step - (samples[index - 1].TimeMs - samples[index - 2].TimeMs);
                AddChangeAndValue(bits, change, valueBits, baseline, ref window);
            }

            baseline = valueBits == StaleMarker.Bits ? baseline : valueBits;
            if (index > 0 && (startsFrom > 0 || startMs != samples[index - 1].StartMs || index == 127))
            {
                long difference = samples[index - 1].TimeMs - startMs;
                AddSigned(bits, startsFrom == 0 ? difference : difference - startDifference);
                startDifference = difference;
                startsFrom = startsFrom == 0 ? index : startsFrom;
            }
        }

        byte[] chunk = new byte[3 + ((bits.Count + 7) / 8)];
        chunk[0] = (byte)(samples.Count >> 8);
        chunk[1] = (byte)samples.Count;
        chunk[2] = (byte)((samples[0].StartMs != 0 ? 0x80 : 0) | startsFrom);
        for (int bit = 0; bit < bits.Count; bit++)
        {
            chunk[3 + (bit / 8)] |= (byte)(bits[bit] ? 0x80 >> (bit % 8) : 0);
        }

        return chunk;
    }

    private static void AddChangeAndValue(
        List<bool> bits, long change, ulong value, ulong baseline, ref (int Leading, int Trailing)? window)
    {
        if (change == 0 && value == StaleMarker.Bits)
        {
            Add(bits, 0b11111, 5);
        }
        else if (change == 0 && value == baseline)
        {
            Add(bits, 0, 1);
        }
        else if (change == 0)
        {
            Add(bits, 0b10, 2);
            AddDifference(bits, value ^ baseline, last: 0b0, lastBits: 1, next: 0b1, nextBits: 1, ref window);
        }
        else
        {
            (ulong prefix, int prefixBits, int changeBits) = change switch
            {
                >= -4096 and <= 4095 => (0b110UL, 3, 13),
                >= -524_288 and <= 524_287 => (0b1110UL, 4, 20),
                _ => (0b11110UL, 5, 64),
            };
            Add(bits, prefix, prefixBits);
            Add(bits, (ulong)change, changeBits);
            AddValue(bits, value, baseline, ref window);
        }
    }

    private static void AddValue(List<bool> bits, ulong value, ulong baseline, ref (int Leading, int Trailing)? window)
    {
        if (value == StaleMarker.Bits)
        {
            Add(bits, 0b111, 3);
        }
        else if (value == baseline)
        {
            Add(bits, 0, 1);
        }
        else
        {
            AddDifference(bits, value ^ baseline, last: 0b10, lastBits: 2, next: 0b110, nextBits: 3, ref window);
        }
    }

    private static void AddDifference(
        List<bool> bits, ulong difference, ulong last, int lastBits, ulong next, int nextBits, ref (int Leading, int Trailing)? window)
    {
        int leading = Math.Min(31, BitOperations.LeadingZeroCount(difference));
        int trailing = BitOperations.TrailingZeroCount(difference);
        if (window is { } known && leading >= known.Leading && trailing >= known.Trailing)
        {
            Add(bits, last, lastBits);
            Add(bits, difference >> known.Trailing, 64 - known.Leading - known.Trailing);
            return;
        }

        window = (leading, trailing);
        Add(bits, next, nextBits);
        Add(bits, (ulong)leading, 5);
        Add(bits, (ulong)(64 - leading - trailing), 6);
        Add(bits, difference >> trailing, 64 - leading - trailing);
    }

    /// <summary>The integers of histogram chunks, whose ranges are one above those of two's complement.</summary>
    private static void AddSigned(List<bool> bits, long value)
    {
        ReadOnlySpan<int> widths = [0, 3, 6, 9, 12, 18, 25, 56, 64];
        int form = 0;
        while (form < 8 && !(form == 0 ? value == 0 : value > -(1L << (widths[form] - 1)) && value <= 1L << (widths[form] - 1)))
        {
            form++;
        }

        Add(bits, 0xFF, form);
        if (form < 8)
        {
            Add(bits, 0, 1);
        }

        Add(bits, (ulong)value, widths[form]);
    }

    private static void AddUvarint(List<bool> bits, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Add(bits, (value & 0x7F) | 0x80, 8);
        }

        Add(bits, value, 8);
    }

    private static void Add(List<bool> bits, ulong value, int count)
    {
        for (int bit = count - 1; bit >= 0; bit--)
        {
            bits.Add((value >> bit & 1) != 0);
        }
    }
}
