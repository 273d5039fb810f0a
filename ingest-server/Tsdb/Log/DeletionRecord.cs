using System.Diagnostics.CodeAnalysis;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

// Payload of a deletion record (FORMAT.md, "Deletion record"):
//
//   +-----------------+-----------------+------------------+---------+
//   | min time varint | max time varint | matchers uvarint | matcher | ...
//   +-----------------+-----------------+------------------+---------+
//
//   matcher   type byte, then name and value, each with its length as uvarint

/// <summary>
/// A deletion in the log. It says which series by matchers, not by number: replay has the same series at the same place,
/// less those whose samples are in blocks, where the deletion was carried out too.
/// </summary>
internal static class DeletionRecord
{
    private const int MostMatchers = 1024;

    public static void Write(ByteBuffer payload, IReadOnlyList<Matcher> matchers, TimeInterval times)
    {
        payload.AppendVarint(times.MinTimeMs);
        payload.AppendVarint(times.MaxTimeMs);
        payload.AppendUvarint((ulong)matchers.Count);
        foreach (Matcher matcher in matchers)
        {
            payload.Append(TypeByte(matcher.Type));
            payload.AppendLengthPrefixed(matcher.Utf8Name.Span);
            payload.AppendLengthPrefixed(matcher.Utf8Value.Span);
        }
    }

    /// <summary>Reads a record; false when it is none.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> payload, [NotNullWhen(true)] out List<Matcher>? matchers, out TimeInterval times)
    {
        SpanReader reader = new(payload);
        times = new TimeInterval(reader.ReadVarint(), reader.ReadVarint());
        int count = reader.ReadUvarintInt32();
        matchers = [];
        for (int index = 0; index < count && index < MostMatchers && !reader.Truncated; index++)
        {
            MatcherType? type = TypeOf(reader.ReadByte());
            string name = Encoding.UTF8.GetString(reader.ReadLengthPrefixed());
            string value = Encoding.UTF8.GetString(reader.ReadLengthPrefixed());
            if (type is null || !Matcher.TryCreate(type.Value, name, value, out Matcher? matcher, out _))
            {
                matchers = null;
                return false;
            }

            matchers.Add(matcher);
        }

        matchers = reader.Truncated || !reader.AtEnd || matchers.Count != count || times.MinTimeMs > times.MaxTimeMs
            ? null
            : matchers;
        return matchers is not null;
    }

    private static byte TypeByte(MatcherType type) => type switch
    {
        MatcherType.Equal => 0,
        MatcherType.NotEqual => 1,
        MatcherType.Regex => 2,
        _ => 3,
    };

    private static MatcherType? TypeOf(byte type) => type switch
    {
        0 => MatcherType.Equal,
        1 => MatcherType.NotEqual,
        2 => MatcherType.Regex,
        3 => MatcherType.NotRegex,
        _ => null,
    };
}
