using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Tests.Support;

/// <summary>Builds remote read requests field by field, good ones and bad ones.</summary>
internal sealed class ReadBody
{
    private readonly ByteBuffer _message = new();

    /// <summary>Adds a query; matchers as <c>type, name, value</c> with the protocol's number of the type.</summary>
    public ReadBody Query(long startMs, long endMs, (int Type, string Name, string Value)[] matchers, byte[]? hints = null)
    {
        ByteBuffer query = new();
        query.Append(0x08);
        query.AppendUvarint((ulong)startMs);
        query.Append(0x10);
        query.AppendUvarint((ulong)endMs);
        foreach ((int type, string name, string value) in matchers)
        {
            ByteBuffer matcher = new();
            matcher.Append(0x08);
            matcher.AppendUvarint((ulong)type);
            matcher.Append(0x12);
            matcher.AppendLengthPrefixed(Encoding.UTF8.GetBytes(name));
            matcher.Append(0x1A);
            matcher.AppendLengthPrefixed(Encoding.UTF8.GetBytes(value));
            query.Append(0x1A);
            query.AppendLengthPrefixed(matcher.Written);
        }

        if (hints is not null)
        {
            query.Append(0x22);
            query.AppendLengthPrefixed(hints);
        }

        _message.Append(0x0A);
        _message.AppendLengthPrefixed(query.Written);
        return this;
    }

    /// <summary>The content of hints: step, function, start and end.</summary>
    public static byte[] Hints(string function, long startMs, long endMs)
    {
        ByteBuffer hints = new();
        hints.Append(0x08);
        hints.AppendUvarint(15_000);
        hints.Append(0x12);
        hints.AppendLengthPrefixed(Encoding.UTF8.GetBytes(function));
        hints.Append(0x18);
        hints.AppendUvarint((ulong)startMs);
        hints.Append(0x20);
        hints.AppendUvarint((ulong)endMs);
        return hints.Written.ToArray();
    }

    /// <summary>Accepts some forms of answer, by their numbers.</summary>
    public ReadBody Accept(params byte[] types)
    {
        _message.Append(0x12);
        _message.AppendLengthPrefixed(types);
        return this;
    }

    public byte[] Message() => _message.Written.ToArray();

    public byte[] Compressed() => WriteBody.Compress(_message.Written);
}
