using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace AmpEdge.Tests.Support;

/// <summary>What a fake DNS server answers; encoded by code of its own, with compression, so that it checks the decoder.</summary>
public sealed class DnsReply
{
    public const int TypeA = 1;
    public const int TypeNs = 2;
    public const int TypeCname = 5;
    public const int TypeMx = 15;
    public const int TypeTxt = 16;
    public const int TypeAaaa = 28;
    public const int TypeSrv = 33;

    /// <summary>Where the question's name begins in every message: the usual aim of compression pointers.</summary>
    private const int QuestionOffset = 12;

    private readonly List<(int Type, Func<string, byte[]> Data)> _records = [];

    /// <summary>The response code: 0 success, 1 format error, 2 server failure, 3 no such name, 5 refused.</summary>
    public int Code { get; init; }

    public bool IsTruncated { get; init; }

    /// <summary>Added to the id of the query: anything but 0 makes the response somebody else's.</summary>
    public int IdOffset { get; init; }

    public DnsReply Address(string address)
    {
        IPAddress parsed = IPAddress.Parse(address);
        _records.Add((parsed.GetAddressBytes().Length == 4 ? TypeA : TypeAaaa, _ => parsed.GetAddressBytes()));
        return this;
    }

    public DnsReply Cname(string target) => Name(TypeCname, [], target);

    public DnsReply Ns(string target) => Name(TypeNs, [], target);

    public DnsReply Mx(int preference, string target) => Name(TypeMx, Numbers(preference), target);

    public DnsReply Srv(int priority, int weight, int port, string target) =>
        Name(TypeSrv, Numbers(priority, weight, port), target);

    public DnsReply Txt(string text)
    {
        _records.Add((TypeTxt, _ => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)]));
        return this;
    }

    /// <summary>The response to a query, whose question it repeats.</summary>
    public byte[] Encode(ReadOnlySpan<byte> query, string questionName)
    {
        int questionEnd = QuestionOffset + EncodeName(questionName).Length + 4;
        List<byte> bytes = [.. query[..questionEnd]];
        byte[] head = new byte[QuestionOffset];
        query[..QuestionOffset].CopyTo(head);
        BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(query) + IdOffset));
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)(0x8180 | (IsTruncated ? 0x0200 : 0) | Code));
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(6), (ushort)_records.Count);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(10), 0);
        foreach ((int type, Func<string, byte[]> data) in _records)
        {
            byte[] content = data(questionName);
            bytes.AddRange([0xC0, QuestionOffset, .. Numbers(type, 1, 0, 30, content.Length), .. content]);
        }

        for (int index = 0; index < head.Length; index++)
        {
            bytes[index] = head[index];
        }

        return [.. bytes];
    }

    /// <summary>A rooted name without escapes as length-prefixed labels.</summary>
    public static byte[] EncodeName(string name)
    {
        List<byte> bytes = [];
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        return [.. bytes, 0];
    }

    private DnsReply Name(int type, byte[] before, string target)
    {
        _records.Add((type, question => [.. before, .. Compressed(target, question)]));
        return this;
    }

    /// <summary>A name that ends like the question points there for its end, as real servers do.</summary>
    private static byte[] Compressed(string name, string question) =>
        name.EndsWith("." + question, StringComparison.Ordinal)
            ? [.. EncodeName(name[..^question.Length])[..^1], 0xC0, QuestionOffset]
            : EncodeName(name);

    private static byte[] Numbers(params ReadOnlySpan<int> values)
    {
        byte[] bytes = new byte[values.Length * 2];
        for (int index = 0; index < values.Length; index++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(index * 2), (ushort)values[index]);
        }

        return bytes;
    }
}
