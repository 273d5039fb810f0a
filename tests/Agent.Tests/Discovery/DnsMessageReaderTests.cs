using AmpEdge.Agent.Discovery;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery;

public sealed class DnsMessageReaderTests
{
    private const string Name = "_metrics._tcp.example.com.";

    private static readonly DnsQuery s_query = DnsQuery.Create(0x1234, Name, DnsRecordType.Srv, withEdns: true)!;

    [Fact]
    public void All_kinds_of_records_are_read_and_compressed_names_resolved()
    {
        byte[] message = new DnsReply()
            .Cname("other.example.com.").Srv(1, 2, 9100, "n1." + Name).Mx(10, "mail.example.com.").Ns("ns.example.com.")
            .Address("192.0.2.1").Address("2001:db8::1").Address("::ffff:192.0.2.9").Txt("hello")
            .Encode(s_query.Bytes, Name);

        Assert.True(DnsMessageReader.TryRead(message, out DnsMessage? read));
        Assert.Equal(
            [
                new DnsRecord(DnsRecordType.Cname, ""), new DnsRecord(DnsRecordType.Srv, "n1." + Name, 9100),
                new DnsRecord(DnsRecordType.MX, "mail.example.com."), new DnsRecord(DnsRecordType.NS, "ns.example.com."),
                new DnsRecord(DnsRecordType.A, "192.0.2.1"), new DnsRecord(DnsRecordType.Aaaa, "2001:db8::1"),
                new DnsRecord(DnsRecordType.Aaaa, "192.0.2.9"), new DnsRecord((DnsRecordType)DnsReply.TypeTxt, ""),
            ],
            read.Answers);
    }

    [Fact]
    public void A_response_is_known_by_its_id_and_question_in_any_case()
    {
        byte[] message = new DnsReply().Encode(s_query.Bytes, Name);
        Assert.True(DnsMessageReader.IsAnswerTo(s_query, message));

        byte[] upper = [.. message];
        upper[14] = (byte)'M';
        upper[15] = (byte)'E';
        Assert.True(DnsMessageReader.IsAnswerTo(s_query, upper));

        Assert.False(DnsMessageReader.IsAnswerTo(s_query, new DnsReply { IdOffset = 1 }.Encode(s_query.Bytes, Name)));
        Assert.False(DnsMessageReader.IsAnswerTo(s_query, s_query.Bytes));
        DnsQuery other = DnsQuery.Create(0x1234, Name, DnsRecordType.A, withEdns: false)!;
        Assert.False(DnsMessageReader.IsAnswerTo(s_query, new DnsReply().Encode(other.Bytes, Name)));
        DnsQuery otherName = DnsQuery.Create(0x1234, "_netrics._tcp.example.com.", DnsRecordType.Srv, withEdns: false)!;
        Assert.False(DnsMessageReader.IsAnswerTo(s_query, new DnsReply().Encode(otherName.Bytes, otherName.Name)));
    }

    [Fact]
    public void A_message_cut_at_any_byte_is_refused_unless_it_says_that_it_is_cut()
    {
        byte[] whole = new DnsReply().Srv(1, 2, 9100, "n1." + Name).Address("192.0.2.1").Mx(1, "m." + Name)
            .Encode(s_query.Bytes, Name);
        byte[] truncated = [.. whole];
        truncated[2] |= 0x02;
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.False(DnsMessageReader.TryRead(whole.AsSpan(0, length), out _), $"cut at {length} of {whole.Length}");
            bool hasQuestion = length >= s_query.Question.Length + DnsQuery.HeaderBytes;
            Assert.Equal(hasQuestion, DnsMessageReader.TryRead(truncated.AsSpan(0, length), out DnsMessage? read));
            Assert.True(!hasQuestion || (read!.IsTruncated && read.Answers.Count == 0));
        }
    }

    [Fact]
    public void Damaged_messages_never_throw()
    {
        Gen gen = Gen.Create(1035);
        byte[] whole = new DnsReply().Srv(1, 2, 9100, "n1." + Name).Cname("a." + Name).Address("2001:db8::1").Ns("x.y.")
            .Encode(s_query.Bytes, Name);
        int read = 0;
        for (int run = 0; run < 20_000; run++)
        {
            byte[] mutated = gen.Mutate(whole);
            read += DnsMessageReader.TryRead(mutated, out _) ? 1 : 0;
            _ = DnsMessageReader.IsAnswerTo(s_query, mutated);
        }

        Assert.True(read > 0, gen.ToString());
    }
}
