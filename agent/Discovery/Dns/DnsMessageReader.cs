using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace AmpEdge.Agent.Discovery;

/// <summary>Decodes responses. Whatever the bytes are, the outcome is a message or false: datagrams may come from anybody.</summary>
internal static class DnsMessageReader
{
    private const ushort ResponseFlag = 0x8000;
    private const ushort OpcodeMask = 0x7800;
    private const ushort TruncatedFlag = 0x0200;
    private const ushort CodeMask = 0x000F;
    private const ushort InternetClass = 1;
    private const int RecordHeadBytes = 10;

    /// <summary>True when the bytes are a response to this very query: same id, same question.</summary>
    public static bool IsAnswerTo(DnsQuery query, ReadOnlySpan<byte> message)
    {
        if (message.Length < DnsQuery.HeaderBytes || BinaryPrimitives.ReadUInt16BigEndian(message) != query.Id)
        {
            return false;
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        if ((flags & ResponseFlag) == 0 || (flags & OpcodeMask) != 0)
        {
            return false;
        }

        // A server that could not read the question, or refuses it, may send none back.
        int questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        return questions == 0
            ? (flags & CodeMask) != 0
            : questions == 1 && EqualsIgnoringCase(query.Question, message[DnsQuery.HeaderBytes..]);
    }

    /// <summary>Decodes a response. False when it is cut or malformed; one that says it is truncated needs no whole answer.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out DnsMessage? read)
    {
        read = null;
        if (message.Length < DnsQuery.HeaderBytes)
        {
            return false;
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        DnsResponseCode code = (DnsResponseCode)(flags & CodeMask);
        bool truncated = (flags & TruncatedFlag) != 0;
        int position = DnsQuery.HeaderBytes;
        int questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        for (int index = 0; index < questions; index++)
        {
            if (!DnsName.TryRead(message, ref position, out _) || position + 4 > message.Length)
            {
                return false;
            }

            position += 4;
        }

        List<DnsRecord> answers = [];
        int count = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        for (int index = 0; index < count; index++)
        {
            if (!TryReadRecord(message, ref position, answers))
            {
                read = truncated ? new DnsMessage(code, true, []) : null;
                return truncated;
            }
        }

        read = new DnsMessage(code, truncated, answers);
        return true;
    }

    private static bool TryReadRecord(ReadOnlySpan<byte> message, ref int position, List<DnsRecord> answers)
    {
        if (!DnsName.TryRead(message, ref position, out _) || position + RecordHeadBytes > message.Length)
        {
            return false;
        }

        DnsRecordType type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(message[position..]);
        ushort recordClass = BinaryPrimitives.ReadUInt16BigEndian(message[(position + 2)..]);
        int length = BinaryPrimitives.ReadUInt16BigEndian(message[(position + 8)..]);
        position += RecordHeadBytes;
        int end = position + length;
        if (end > message.Length)
        {
            return false;
        }

        if (recordClass == InternetClass)
        {
            if (!TryReadData(message[..end], type, position, out DnsRecord record))
            {
                return false;
            }

            answers.Add(record);
        }

        position = end;
        return true;
    }

    /// <summary>The data of a record ends where <paramref name="message"/> ends; names in it may point to before.</summary>
    private static bool TryReadData(ReadOnlySpan<byte> message, DnsRecordType type, int position, out DnsRecord record)
    {
        ReadOnlySpan<byte> data = message[position..];
        record = new DnsRecord(type, "");
        switch (type)
        {
            case DnsRecordType.A or DnsRecordType.Aaaa:
                if (data.Length != (type == DnsRecordType.A ? 4 : 16))
                {
                    return false;
                }

                IPAddress address = new(data);
                record = new DnsRecord(
                    type, (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
                return true;
            case DnsRecordType.NS:
                return TryReadName(message, type, position, 0, out record);
            case DnsRecordType.MX:
                return data.Length > 2 && TryReadName(message, type, position + 2, 0, out record);
            case DnsRecordType.Srv:
                return data.Length > 6
                    && TryReadName(
                        message, type, position + 6, BinaryPrimitives.ReadUInt16BigEndian(data[4..]), out record);
            default:
                return true;
        }
    }

    private static bool TryReadName(
        ReadOnlySpan<byte> message, DnsRecordType type, int position, int port, out DnsRecord record)
    {
        bool valid = DnsName.TryRead(message, ref position, out string name) && position == message.Length;
        record = new DnsRecord(type, name, port);
        return valid;
    }

    /// <summary>Servers may answer in another case than was asked in; only letters of names differ so.</summary>
    private static bool EqualsIgnoringCase(ReadOnlySpan<byte> question, ReadOnlySpan<byte> repeated)
    {
        if (repeated.Length < question.Length)
        {
            return false;
        }

        // Lengths are below 64 and types and classes small, so nothing but the letters of names is folded.
        for (int index = 0; index < question.Length; index++)
        {
            if (Lower(question[index]) != Lower(repeated[index]))
            {
                return false;
            }
        }

        return true;
    }

    private static int Lower(byte letter) => letter is >= (byte)'A' and <= (byte)'Z' ? letter | 0x20 : letter;
}
