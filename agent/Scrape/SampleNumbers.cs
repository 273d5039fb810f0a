using System.Buffers.Text;
using System.Runtime.CompilerServices;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>Reads what follows the labels of a line of the plain form.</summary>
internal static class SampleNumbers
{
    /// <summary>
    /// Reads <c> value\n</c>, or <c> value timestamp\n</c> where times are in milliseconds, and returns the position after
    /// it, or -1 when the parser has to look.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Read(
        ReadOnlySpan<byte> page, int position, bool hasMilliseconds, out double value, out long? timestampMs)
    {
        timestampMs = null;
        value = 0;
        if ((uint)position >= (uint)page.Length || page[position] != ' ')
        {
            return -1;
        }

        position++;
        int length = FloatParser.ParsePrefix(page[position..], out value);
        position += length;
        if (length == 0 || (uint)position >= (uint)page.Length)
        {
            return -1;
        }

        if (page[position] == '\n')
        {
            return position + 1;
        }

        if (!hasMilliseconds || page[position] != ' '
            || !Utf8Parser.TryParse(page[(position + 1)..], out ulong own, out length)
            || own > long.MaxValue)
        {
            return -1;
        }

        position += 1 + length;
        timestampMs = (long)own;
        return (uint)position < (uint)page.Length && page[position] == '\n' ? position + 1 : -1;
    }
}
