using System.Buffers.Binary;

namespace AmpEdge.Agent.Discovery;

// A query as it is sent (RFC 1035 section 4, RFC 6891 for the last part):
//
//   +------+---------+-----------+------------------------+- - - - - - - - - - - -+
//   | id 2 | flags 2 | 4 counts  | name, type 2, class 2  | OPT: root name, 41,   |
//   |      | RD only | 1,0,0,0/1 |                        | UDP size, ttl 0, 0    |
//   +------+---------+-----------+------------------------+- - - - - - - - - - - -+

/// <summary>A question in the form in which it goes to servers.</summary>
internal sealed class DnsQuery
{
    public const int HeaderBytes = 12;

    /// <summary>
    /// What we say a datagram may hold: fits the usual paths without fragments, which firewalls drop and forgers like.
    /// </summary>
    public const int UdpPayloadBytes = 1232;

    private const ushort RecursionDesired = 0x0100;
    private const ushort InternetClass = 1;
    private const int QuestionTailBytes = 4;
    private const int OptBytes = 11;

    private DnsQuery(ushort id, string name, DnsRecordType type, byte[] bytes, int questionEnd)
    {
        Id = id;
        Name = name;
        Type = type;
        Bytes = bytes;
        QuestionEnd = questionEnd;
    }

    public ushort Id { get; }

    public string Name { get; }

    public DnsRecordType Type { get; }

    public byte[] Bytes { get; }

    /// <summary>The question's bytes: a response repeats them.</summary>
    public ReadOnlySpan<byte> Question => Bytes.AsSpan(HeaderBytes, QuestionEnd - HeaderBytes);

    private int QuestionEnd { get; }

    /// <summary>Null when the name cannot be written: a label is empty or longer than 63 bytes, or all is longer than 255.</summary>
    /// <param name="id">Not to be guessed by others: responses are known by it.</param>
    /// <param name="name">In text form; a final dot makes no difference.</param>
    /// <param name="type">What is asked for.</param>
    /// <param name="withEdns">Tells how large a datagram may be; some old servers refuse the question for it.</param>
    public static DnsQuery? Create(ushort id, string name, DnsRecordType type, bool withEdns)
    {
        Span<byte> bytes = stackalloc byte[HeaderBytes + DnsName.MaxWireBytes + QuestionTailBytes + OptBytes];
        bytes.Clear();
        if (!DnsName.TryWrite(name, bytes[HeaderBytes..], out int nameBytes))
        {
            return null;
        }

        BinaryPrimitives.WriteUInt16BigEndian(bytes, id);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], withEdns ? (ushort)1 : (ushort)0);
        int at = HeaderBytes + nameBytes;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[at..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(at + 2)..], InternetClass);
        int questionEnd = at + QuestionTailBytes;
        if (!withEdns)
        {
            return new DnsQuery(id, name, type, bytes[..questionEnd].ToArray(), questionEnd);
        }

        // The OPT record's owner is the root, its class the payload size; the rest stays zero.
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(questionEnd + 1)..], (ushort)DnsRecordType.Opt);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(questionEnd + 3)..], UdpPayloadBytes);
        return new DnsQuery(id, name, type, bytes[..(questionEnd + OptBytes)].ToArray(), questionEnd);
    }
}
